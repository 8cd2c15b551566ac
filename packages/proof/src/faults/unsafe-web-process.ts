import { ACCEPT } from '@tallymark/redis/buffer-scripts';
import type { RedisClient } from '@tallymark/redis/connect';
import { serveEvents } from './web-server.ts';

const APPEND = "redis.call('XADD'";
const SET_KEYS_AND_STOP = `
for i = 1, #fresh do redis.call('SET', fresh[i][1], fresh[i][2], 'EX', fresh[i][3]) end
if #fresh > 0 then error('cut off') end
`;

/** Negative control: sets the keys first and dies before it appends the events. */
function setKeysFirst(redis: RedisClient): void {
  if (!ACCEPT.includes(APPEND)) throw new Error('The accept script has changed; this control no longer breaks it.');
  redis.defineCommand('tmAccept', { lua: ACCEPT.replace(APPEND, `${SET_KEYS_AND_STOP}${APPEND}`) });
  const scripts = redis as unknown as { tmAccept: (...args: unknown[]) => Promise<unknown> };
  const accept = scripts.tmAccept.bind(redis);
  scripts.tmAccept = (...args) =>
    accept(...args).catch((error: unknown) => {
      console.log(String(error));
      process.kill(process.pid, 'SIGKILL');
    });
}

await serveEvents(setKeysFirst);
