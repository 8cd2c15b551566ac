import { expect, test } from 'vitest';
import { storageMonths, writeStorageMonth } from './storage-months.ts';

const partition = (
  table: 'events' | 'attribution' | 'event_facts',
  from: string,
  bytes: number,
  rows: number | null,
) => ({
  ...{ table, from, bytes, rows },
  name: `${table}_${from.slice(0, 7)}`,
  indexBytes: 0,
});

test('partitions are told by month, the newest first, with what each table takes', () => {
  const [october, november] = ['2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'];
  const months = storageMonths([
    partition('events', october, 100, 7),
    partition('attribution', october, 20, 5),
    partition('event_facts', october, 3, 6),
    partition('events', november, 1_000, null),
  ]);
  expect(months).toEqual([
    {
      from: november,
      events: null,
      bytes: { events: 1_000, attribution: 0, event_facts: 0 },
      totalBytes: 1_000,
    },
    { from: october, events: 7, bytes: { events: 100, attribution: 20, event_facts: 3 }, totalBytes: 123 },
  ]);
  expect(months.map(({ from }) => writeStorageMonth(from))).toEqual(['Nov 2026', 'Oct 2026']);
});
