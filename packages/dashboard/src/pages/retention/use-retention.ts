'use client';
import { parseAsBoolean, parseAsString, parseAsStringEnum, useQueryStates } from 'nuqs';
import { useScope } from '../../state/use-scope.ts';

export const UNITS = ['day', 'week', 'month'] as const;
type RetentionUnit = (typeof UNITS)[number];

const DAY_MS = 86_400_000;
/** Up to here cohorts of days are worth looking at. */
const DAYS_AT_MOST = 15;
const WEEKS_AT_MOST = 190;

const parsers = {
  unit: parseAsStringEnum([...UNITS]),
  start: parseAsString,
  return: parseAsString,
  new: parseAsBoolean.withDefault(false),
};

/** What is asked, as the URL says it; without a unit, the one that fits the period. */
export function useRetention() {
  const { scope } = useScope();
  const [state, setState] = useQueryStates(parsers, { history: 'push' });
  const days = (Date.parse(scope.to) - Date.parse(scope.from)) / DAY_MS;
  const fitting: RetentionUnit = days <= DAYS_AT_MOST ? 'day' : days <= WEEKS_AT_MOST ? 'week' : 'month';
  const asked = {
    unit: (state.unit ?? fitting) as RetentionUnit,
    startEvent: state.start ?? '',
    returnEvent: state.return ?? '',
    newVisitorsOnly: state.new,
  };
  const setAsked = ({ unit, startEvent, returnEvent, newVisitorsOnly }: Partial<RetentionAsked>) =>
    void setState({
      ...(unit !== undefined && { unit }),
      ...(startEvent !== undefined && { start: startEvent || null }),
      ...(returnEvent !== undefined && { return: returnEvent || null }),
      ...(newVisitorsOnly !== undefined && { new: newVisitorsOnly }),
    });
  return { asked, setAsked };
}

export interface RetentionAsked {
  readonly unit: RetentionUnit;
  /** Empty for any. */
  readonly startEvent: string;
  readonly returnEvent: string;
  readonly newVisitorsOnly: boolean;
}
