import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

const settings = z.object({ fsync: z.string(), fullPageWrites: z.string() });

/** What a weaker Postgres setting puts at risk, in words; empty when a commit survives a crash of the machine. */
export async function durabilityWarnings(db: SqlExecutor): Promise<string[]> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites"`;
  const { fsync, fullPageWrites } = settings.parse(row);
  const warnings: string[] = [];
  if (fsync !== 'on') {
    warnings.push(
      'Postgres runs with `fsync = off`: a crash of the machine can lose stored events or the whole database.',
    );
  }
  if (fullPageWrites !== 'on') {
    warnings.push('Postgres runs with `full_page_writes = off`: a crash of the machine can corrupt stored events.');
  }
  return warnings;
}
