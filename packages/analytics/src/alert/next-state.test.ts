import type { AlertState } from '@tallymark/contract/alerts';
import { expect, test } from 'vitest';
import { nextState, type Outcome } from './next-state.ts';

const AT = new Date('2026-11-15T12:00:00Z');
const ago = (minutes: number) => new Date(AT.getTime() - minutes * 60_000);

test.each<[AlertState, Outcome, AlertState, string | null]>([
  ['ok', 'not_met', 'ok', null],
  ['ok', 'met', 'firing', 'fired'],
  ['ok', 'failed', 'failing', 'failed'],
  ['firing', 'not_met', 'ok', 'resolved'],
  ['firing', 'met', 'firing', null],
  ['firing', 'failed', 'failing', 'failed'],
  ['failing', 'not_met', 'ok', 'recovered'],
  ['failing', 'met', 'firing', 'fired'],
  ['failing', 'failed', 'failing', null],
])('%s, then %s: %s, told as %s, however lately somebody was told', (state, outcome, next, what) => {
  expect(nextState({ state, notifiedAt: ago(1), coolDownMinutes: 60 }, outcome, AT)).toEqual({ state: next, what });
});

test.each<[AlertState, Outcome, string | null]>([
  ['firing', 'met', 'reminded'],
  ['failing', 'failed', 'failed'],
  ['ok', 'not_met', null],
])('%s that lasts is told again once the cool-down is over, and not before', (state, outcome, what) => {
  const known = { state, coolDownMinutes: 60 };
  expect(nextState({ ...known, notifiedAt: ago(60) }, outcome, AT).what).toBe(what);
  expect(nextState({ ...known, notifiedAt: new Date(ago(60).getTime() + 1) }, outcome, AT).what).toBeNull();
});
