'use client';
import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import { type FunnelStep, funnelStep } from '@tallymark/contract/reports/funnel';
import { parseAsInteger, parseAsJson, parseAsStringEnum, useQueryStates } from 'nuqs';

export const FEWEST_STEPS = 2;
export const MOST_STEPS = 10;

/** A step as it is being built: it may name neither a type nor a page yet. */
export type DraftStep = Partial<Pick<FunnelStep, 'eventType' | 'page'>> & Pick<FunnelStep, 'filter'>;

const DAY_SECONDS = 86_400;
export const WINDOWS = [3_600, DAY_SECONDS, 7 * DAY_SECONDS, 30 * DAY_SECONDS, 90 * DAY_SECONDS] as const;
const EMPTY: DraftStep = { filter: [] };

const parsers = {
  steps: parseAsJson<DraftStep[]>((value) => {
    if (!Array.isArray(value) || value.length > MOST_STEPS) return null;
    return value.map((step: unknown) => funnelStep.safeParse(step).data ?? EMPTY);
  }),
  window: parseAsInteger.withDefault(7 * DAY_SECONDS),
  by: parseAsStringEnum([...DIMENSIONS]),
};

/** The funnel as the URL says it: whoever has the address has the funnel. */
export function useFunnel() {
  const [state, setState] = useQueryStates(parsers, { history: 'push' });
  // From what the URL holds by then: two fields may take effect before the page is drawn again.
  const changeSteps = (change: (steps: readonly DraftStep[]) => DraftStep[]) =>
    void setState(({ steps }) => ({ steps: change(atLeastFewest(steps)) }));
  return {
    steps: atLeastFewest(state.steps),
    windowSeconds: Math.min(Math.max(state.window, 1), WINDOWS[4]),
    breakdown: state.by,
    changeSteps,
    setWindow: (window: number) => void setState({ window }),
    setBreakdown: (by: (typeof DIMENSIONS)[number] | null) => void setState({ by }),
  };
}

function atLeastFewest(steps: readonly DraftStep[] | null): DraftStep[] {
  const all = [...(steps ?? [])];
  while (all.length < FEWEST_STEPS) all.push(EMPTY);
  return all;
}

/** Steps that can be asked for, in their order; null while there are too few. One that is not complete is left out. */
export function completeSteps(steps: readonly DraftStep[]): FunnelStep[] | null {
  const complete = steps.filter(({ eventType, page }) => eventType !== undefined || page !== undefined);
  return complete.length >= FEWEST_STEPS ? complete : null;
}

/** What a step is called. */
export function writeStep({ eventType, page }: DraftStep): string {
  if (page === undefined) return eventType ?? 'Step';
  return eventType === undefined ? page : `${eventType} on ${page}`;
}
