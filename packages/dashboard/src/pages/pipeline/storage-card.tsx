'use client';
import { Answered } from '../../data/answered.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { words } from '../../format/words.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { FigureTable } from './figure-table.tsx';
import { useStorage } from './questions.ts';
import { storageMonths, writeStorageMonth } from './storage-months.ts';

const bytes = (value: number) => writeNumber(value, 'bytes');
/** Postgres only estimates how many rows a table has. */
const about = (rows: number | null) => (rows === null ? '–' : writeCount(rows, true));

/** What takes how much of the disk: the months of events, and the read models. */
export function StorageCard() {
  const storage = useStorage();
  return (
    <Card title="Storage" note="With indexes. Rows are as many as Postgres estimates.">
      <Answered question={storage} loading={<Skeleton className="h-[40rem] w-full" />}>
        {({ databaseBytes, partitions, tables }) => (
          <>
            <p className="mb-2 text-sm">
              <span className="text-muted-foreground">Database: </span>
              {bytes(databaseBytes)}
            </p>
            <FigureTable
              label="Storage by month"
              of="Month"
              heads={['Rows', 'Events', 'Attribution', 'Facts', 'Together']}
              rows={storageMonths(partitions).map((month) => ({
                name: writeStorageMonth(month.from),
                figures: [
                  about(month.events),
                  bytes(month.bytes.events),
                  bytes(month.bytes.attribution),
                  bytes(month.bytes.event_facts),
                  bytes(month.totalBytes),
                ],
              }))}
            />
            <div className="mt-4">
              <FigureTable
                label="Storage of read models"
                of="Table"
                heads={['Rows', 'Size', 'Indexes']}
                rows={tables.map(({ name, projection, rows, bytes: size, indexBytes }) => ({
                  name,
                  // Most tables are called like their projection.
                  ...(projection && projection !== name && { note: `of ${words(projection)}` }),
                  figures: [about(rows), bytes(size), bytes(indexBytes)],
                }))}
              />
            </div>
          </>
        )}
      </Answered>
    </Card>
  );
}
