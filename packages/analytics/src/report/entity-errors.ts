import type { EntityWorth } from '@tallymark/contract/reports/entities';
import { entityVariancesStatement } from '@tallymark/prisma/stores/report-entities';
import type { EntitySelection } from '@tallymark/prisma/stores/report-entity-parts';
import { readStandardErrors } from '@tallymark/prisma/stores/report-placed-variance';
import { wasSampled } from '@tallymark/prisma/stores/report-sampling';
import { estimated } from './campaign-figures.ts';
import type { ReportReader } from './report-database.ts';

const NARROW =
  'Events of these entities were sampled, and how exact an estimate is follows from events: ask for a shorter period.';

/** Standard errors of events and value by their place in an answer; what is exact has none. */
export type EntityErrors = ReadonlyMap<string, readonly number[]>;

/**
 * Worked out from facts: those that retention has taken away no longer add to them.
 * @throws ReportError `too_expensive` for more facts than may be read.
 */
export async function entityErrors(
  db: ReportReader,
  selection: EntitySelection,
  of: { readonly eventTypes: readonly string[]; readonly shown: readonly string[]; readonly starts: readonly Date[] },
): Promise<EntityErrors> {
  if (!(await wasSampled(db, selection.scope, of.eventTypes))) return new Map();
  const statement = entityVariancesStatement(selection, of);
  await db.afford(statement.sql, statement.parameters, NARROW);
  return readStandardErrors(db, statement);
}

/** Sums as figures. */
export function worthOf(
  { events, value }: { readonly events: number; readonly value: number },
  errors: EntityErrors,
  place: string,
): EntityWorth {
  const [ofEvents, ofValue] = errors.get(place) ?? [];
  return { events: estimated(events, ofEvents), value: estimated(value, ofValue) };
}
