import { randomInt } from 'node:crypto';
import { randomFrom } from './history/random.ts';
import { parseTraffic, type TrafficOptions, USAGE } from './traffic/arguments.ts';
import { runTraffic, type TrafficSum } from './traffic/run-traffic.ts';

/* Lets simulated visitors browse the running product; see USAGE. Ctrl-C sends them home. */

const INTERRUPTED = 130;

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  let options: TrafficOptions;
  try {
    options = parseTraffic(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 2;
  }
  const { baseUrl, visitors } = options;
  const up = await fetch(`${baseUrl}/api/health/live`).catch(() => null);
  if (!up?.ok) {
    console.error(`Nothing answers at ${baseUrl}. Start the product with npm start, or say where it runs with --url.`);
    return 1;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const line = ({ come, here, pages, licenses, failed }: TrafficSum) =>
    `${come} of ${visitors} visitors, ${here} here, ${pages} pages, ${licenses} licenses, ${failed} failed`;
  const sum = await runTraffic(options, {
    random: randomFrom(randomInt(2 ** 31)),
    signal: stop.signal,
    now: () => new Date(),
    progress: (now) => process.stdout.isTTY && process.stdout.write(`\r\u001b[K${line(now)}`),
  });
  console.log(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${line(sum)}.`);
  if (sum.lastProblem) console.error(`The last failure: ${sum.lastProblem}`);
  if (stop.signal.aborted) return INTERRUPTED;
  return sum.failed > 0 ? 1 : 0;
}

process.exitCode = await main();
