import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { projectRoot } from './project-root.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { findRedis } from './redis-binary.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitFor } from './wait.ts';

const binary = await findRedis(join(projectRoot, '.tallymark', 'cache', 'redis'));

function connectTo({ url }: RedisServer): Redis & AsyncDisposable {
  const client = new Redis(url, { commandTimeout: 2_000 });
  client.on('error', () => {});
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.disconnect() });
}

test('every acknowledged write is there after SIGKILL', async () => {
  await using folder = temporaryFolder();
  await using server = await startRedis({ binary, dataDir: join(folder.path, 'redis') });
  await using client = connectTo(server);
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await client.xadd('log', '*', 'n', String(acknowledged + 1));
      acknowledged += 1;
    }
  })().catch(() => {});
  expect(await waitFor(() => acknowledged > 100 || undefined, 20_000)).toBe(true);
  await server.crash();
  client.disconnect();
  await writing;
  await server.restart();
  await using again = connectTo(server);
  expect(await again.xlen('log')).toBeGreaterThanOrEqual(acknowledged);
});

test('runs with what the guarantees rest on', async () => {
  await using folder = temporaryFolder();
  await using server = await startRedis({
    binary,
    dataDir: join(folder.path, 'redis'),
    settings: { maxmemory: '64mb' },
  });
  await using client = connectTo(server);
  expect(await client.config('GET', 'append*', 'maxmemory*', 'save')).toEqual(
    expect.arrayContaining(['appendonly', 'yes', 'appendfsync', 'always', 'noeviction', '67108864', 'save', '']),
  );
});

test('a frozen server answers nobody, and everybody once it goes on', async () => {
  await using folder = temporaryFolder();
  await using server = await startRedis({ binary, dataDir: join(folder.path, 'redis') });
  await using client = connectTo(server);
  await client.ping();
  server.freeze();
  await expect(client.ping()).rejects.toThrow('Command timed out');
  server.resume();
  expect(await client.ping()).toBe('PONG');
});

test('says which port is taken', async () => {
  await using folder = temporaryFolder();
  await using server = await startRedis({ binary, dataDir: join(folder.path, 'redis') });
  const second = startRedis({ binary, dataDir: join(folder.path, 'other'), port: server.port });
  await expect(second).rejects.toThrow(`port ${server.port}: it is in use`);
});
