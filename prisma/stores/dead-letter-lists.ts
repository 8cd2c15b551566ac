import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';
import { DEAD_LETTER_COLUMNS, type StoredDeadLetter, storedDeadLetter } from './dead-letters.ts';

/** The place of a letter: times alone do not tell the letters of one flush apart. */
export interface DeadLetterPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export interface DeadLetterFilter {
  readonly reason?: 'refused' | 'conflict' | undefined;
  readonly eventType?: string | undefined;
}

/** Letters behind a place, newest first. `resolved` left out is both kinds. */
export async function listDeadLetters(
  db: SqlExecutor,
  filter: DeadLetterFilter & { readonly resolved?: boolean | undefined },
  { after, limit }: { readonly after: DeadLetterPlace | null; readonly limit: number },
): Promise<StoredDeadLetter[]> {
  const rows = await db.$queryRawUnsafe(
    `SELECT ${DEAD_LETTER_COLUMNS} FROM dead_letters
     WHERE ($1::text IS NULL OR reason = $1)
       AND ($2::text IS NULL OR event_type = $2)
       AND ($3::boolean IS NULL OR (resolution IS NOT NULL) = $3)
       AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
     ORDER BY created_at DESC, id DESC LIMIT $6::int`,
    filter.reason ?? null,
    filter.eventType ?? null,
    filter.resolved ?? null,
    after?.createdAt.toISOString() ?? null,
    after?.id ?? null,
    limit,
  );
  return z.array(storedDeadLetter).parse(rows);
}

const place = z.object({ createdAt: z.date(), id: z.string() });

/** Places of open letters behind a place, oldest first: the order in which the events happened to fail. */
export async function listOpenDeadLetters(
  db: SqlExecutor,
  { reason, eventType }: DeadLetterFilter,
  { after, limit }: { readonly after: DeadLetterPlace | null; readonly limit: number },
): Promise<DeadLetterPlace[]> {
  const afterTime = after?.createdAt.toISOString() ?? null;
  const rows = await db.$queryRaw`
    SELECT created_at AS "createdAt", id FROM dead_letters
    WHERE resolution IS NULL
      AND (${reason ?? null}::text IS NULL OR reason = ${reason ?? null})
      AND (${eventType ?? null}::text IS NULL OR event_type = ${eventType ?? null})
      AND (${afterTime}::timestamptz IS NULL OR (created_at, id) > (${afterTime}::timestamptz, ${after?.id ?? null}::uuid))
    ORDER BY created_at, id LIMIT ${limit}::int`;
  return z.array(place).parse(rows);
}
