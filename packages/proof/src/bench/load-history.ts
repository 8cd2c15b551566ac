import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createPrisma } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ATTRIBUTION_COLUMNS, EVENT_COLUMNS, type HistoryEvent, type HistoryOptions, history } from './history.ts';

const ROWS_OF_A_COPY = 20_000;
const NOTE_EVERY = 1_000_000;
const SPECIAL = /[\\\t\n\r]/;

/**
 * Loads a history of enriched events by COPY, both tables side by side. Past the trigger: what is folded first in a
 * database is compared with its events as a whole. Answers how many there are.
 */
export async function loadHistory(
  databaseUrl: string,
  options: HistoryOptions,
  note: (line: string) => void,
): Promise<number> {
  const prisma = createPrisma({ databaseUrl, maxConnections: 1, applicationName: 'tallymark-bench' });
  const [events, attribution] = [
    new pg.Client({ connectionString: databaseUrl }),
    new pg.Client({ connectionString: databaseUrl }),
  ];
  await Promise.all([events.connect(), attribution.connect()]);
  let loaded = 0;
  try {
    const months = Array.from(
      { length: Math.ceil(options.days / 28) + 2 },
      (_, month) => new Date(options.from.getTime() + month * 28 * 86_400_000),
    );
    await ensurePartitions(prisma, months);
    await events.query('ALTER TABLE events DISABLE TRIGGER events_log_stored');
    let batch: HistoryEvent[] = [];
    const flush = async () => {
      await Promise.all([
        copy(
          events,
          'events',
          EVENT_COLUMNS,
          batch.map(({ event }) => event),
        ),
        copy(
          attribution,
          'attribution',
          ATTRIBUTION_COLUMNS,
          batch.map(({ attribution: cells }) => cells),
        ),
      ]);
      if (Math.floor((loaded + batch.length) / NOTE_EVERY) > Math.floor(loaded / NOTE_EVERY))
        note(`  ${loaded + batch.length}`);
      loaded += batch.length;
      batch = [];
    };
    for (const day of history(options)) {
      batch.push(...day);
      if (batch.length >= ROWS_OF_A_COPY) await flush();
    }
    if (batch.length > 0) await flush();
    await events.query('ALTER TABLE events ENABLE TRIGGER events_log_stored');
    await events.query('VACUUM ANALYZE events, attribution');
  } finally {
    await Promise.all([prisma.$disconnect(), events.end(), attribution.end()]);
  }
  return loaded;
}

async function copy(
  client: pg.Client,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): Promise<void> {
  const text = rows.map((cells) => `${cells.map(show).join('\t')}\n`).join('');
  await pipeline(
    Readable.from([Buffer.from(text)]),
    client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`)),
  );
}

function show(value: string | number | null): string {
  if (value === null) return '\\N';
  const text = String(value);
  if (SPECIAL.test(text)) throw new Error(`A history has no cell such as ${JSON.stringify(text)}.`);
  return text;
}
