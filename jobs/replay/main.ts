import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { parseSettings } from '@tallymark/contract/settings';
import { addHostsOfSite } from '@tallymark/prisma/stores/sites';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { type ReplayLedger, replayLedger } from './ledger.ts';
import { ProgressBar } from './progress.ts';
import { readLines } from './read-lines.ts';
import { HistoryRefused, replay } from './replay.ts';

const USAGE = `Usage: pnpm replay FILE [--keep-history] [--json]

Ingests each line of an access log in combined format (plain or .gz) as a page_viewed event.
  --keep-history  import lines older than the retention, and exempt the import from it
  --site-host H   a host of the site itself, whose referrers are internal; may be given more than once
  --json          print the ledger as one line of JSON`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      'keep-history': { type: 'boolean', default: false },
      'site-host': { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  // Package managers start scripts in the package's folder and leave the user's own in INIT_CWD.
  const source = await readLines(resolve(process.env.INIT_CWD ?? process.cwd(), file));
  const settings = parseSettings(process.env);
  const level = process.env.LOG_LEVEL ?? 'warn';
  const log = createLogger({ level, name: 'tallymark-replay', destination: process.stderr });
  const services = openWorkerServices(settings, { ...studio, name: 'tallymark-replay', log });
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    await services.eventIngestion.start();
    await addHostsOfSite(services.prisma, settings.TRACKING_DEFAULT_SITE_ID, values['site-host']);
    const startedAt = new Date();
    const runId = `replay-${randomUUID()}`;
    const bar = new ProgressBar(process.stderr);
    const share = () => (source.totalBytes === 0 ? 1 : source.bytesRead() / source.totalBytes);
    const tally = await replay({
      eventIngestion: services.eventIngestion,
      lines: source.lines,
      runId,
      keepHistory: values['keep-history'],
      signal: stop.signal,
      onProgress: ({ received }) => bar.draw({ share: share(), events: received }),
    });
    bar.draw({ share: share(), events: tally.received }, true);
    const { complete } = await services.eventIngestion.forceFlush();
    for (const { line, text } of tally.badLines)
      console.error(`line ${line} is not in combined format: ${printable(text)}`);
    const ledger = await replayLedger(services.prisma, tally, { runId, startedAt, complete });
    console.log(values.json ? JSON.stringify(ledger) : ledgerTable(ledger, tally.rejectedByReason));
    if (stop.signal.aborted) console.error('Stopped. Run the same command again to finish; nothing is counted twice.');
    return stop.signal.aborted ? 130 : ledger.balanced ? 0 : 1;
  } catch (error) {
    if (!(error instanceof HistoryRefused)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    await services.close();
  }
}

const LINE_SHOWN = 160;

/** Control characters of a hostile log must not reach the terminal. */
function printable(text: string): string {
  const short = text.length > LINE_SHOWN ? `${text.slice(0, LINE_SHOWN)}…` : text;
  return JSON.stringify(short).replaceAll(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?');
}

function ledgerTable(ledger: ReplayLedger, reasons: Readonly<Record<string, number>>): string {
  const { balanced, ...columns } = ledger;
  const rows = Object.entries(columns).map(([name, n]) => `  ${name.padEnd(14)}${n.toLocaleString('en').padStart(14)}`);
  const why = Object.entries(reasons).map(([reason, n]) => `    ${reason}: ${n}`);
  return [...rows, ...why, balanced ? '  the ledger balances' : '  THE LEDGER DOES NOT BALANCE'].join('\n');
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
