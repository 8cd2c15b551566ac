import type { AlertEvent, AlertState } from '@tallymark/contract/alerts';

/** How an evaluation ended. */
export type Outcome = 'met' | 'not_met' | 'failed';

interface Known {
  readonly state: AlertState;
  /** When somebody was told last. */
  readonly notifiedAt: Date | null;
  readonly coolDownMinutes: number;
}

export interface NextState {
  readonly state: AlertState;
  /** Null where nobody is told. */
  readonly what: AlertEvent['what'] | null;
}

const MINUTE_MS = 60_000;

/** The state behind an evaluation, and what is told: each change at once, what lasts again after the cool-down. */
export function nextState({ state, notifiedAt, coolDownMinutes }: Known, outcome: Outcome, at: Date): NextState {
  const silentMs = notifiedAt === null ? Number.POSITIVE_INFINITY : at.getTime() - notifiedAt.getTime();
  const cooledDown = silentMs >= coolDownMinutes * MINUTE_MS;
  if (outcome === 'failed') return { state: 'failing', what: state !== 'failing' || cooledDown ? 'failed' : null };
  if (outcome === 'met') {
    if (state !== 'firing') return { state: 'firing', what: 'fired' };
    return { state, what: cooledDown ? 'reminded' : null };
  }
  const ended = { ok: null, firing: 'resolved', failing: 'recovered' } as const;
  return { state: 'ok', what: ended[state] };
}
