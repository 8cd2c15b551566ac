import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EventRow } from '@tallymark/contract/event-row';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

type Field = keyof EventRow;

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** COPY of a batch in Postgres's text format: the fastest way in there is. It knows no duplicates and returns nothing. */
export async function copyEvents(client: pg.Client, rows: readonly EventRow[]): Promise<void> {
  const fields = Object.keys(rows[0] ?? {}) as Field[];
  const columns = fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join(', ');
  const text = rows.map((row) => `${fields.map((field) => show(row[field])).join('\t')}\n`).join('');
  await pipeline(Readable.from([Buffer.from(text)]), client.query(copyFrom(`COPY events (${columns}) FROM STDIN`)));
}

function show(value: EventRow[Field]): string {
  if (value === undefined) return '\\N';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}
