import type { EventConditions } from '@tallymark/prisma/stores/report-search-conditions';
import { describe, expect, test } from 'vitest';
import { cutOff, edgeOf, isEmpty, nextReach, paceOf, restOf } from './search-windows.ts';

const at = (ms: number) => new Date(ms);
const PERIOD = { from: at(1_000), to: at(2_000) };
const place = (ms: number) => ({ occurredAt: at(ms), id: '019a8702-4d80-7000-8000-000000000001' });

describe('what is left of a period', () => {
  test('has the time of the place itself, whose other events may be behind it', () => {
    expect(restOf(PERIOD, 'newest', place(1_500))).toEqual({ from: at(1_000), to: at(1_501) });
    expect(restOf(PERIOD, 'oldest', place(1_500))).toEqual({ from: at(1_500), to: at(2_000) });
    expect(restOf(PERIOD, 'newest', null)).toBe(PERIOD);
  });

  test('never reaches out of it', () => {
    expect(restOf(PERIOD, 'newest', place(9_000))).toEqual(PERIOD);
    expect(restOf(PERIOD, 'oldest', place(0))).toEqual(PERIOD);
    expect(isEmpty(restOf(PERIOD, 'newest', place(0)))).toBe(true);
    expect(isEmpty(restOf(PERIOD, 'oldest', place(9_000)))).toBe(true);
  });

  test('is cut at the near end', () => {
    const newest = cutOff(PERIOD, 'newest', 300);
    expect(newest).toEqual({ look: { from: at(1_700), to: at(2_000) }, left: { from: at(1_000), to: at(1_700) } });
    expect(edgeOf(newest.left, 'newest').occurredAt).toEqual(at(1_700));
    const oldest = cutOff(PERIOD, 'oldest', 300);
    expect(oldest).toEqual({ look: { from: at(1_000), to: at(1_300) }, left: { from: at(1_300), to: at(2_000) } });
    expect(edgeOf(oldest.left, 'oldest').occurredAt).toEqual(at(1_300));
  });

  test('is looked at as a whole where the look reaches as far, and always by a millisecond at least', () => {
    expect(isEmpty(cutOff(PERIOD, 'newest', 5_000).left)).toBe(true);
    expect(cutOff(PERIOD, 'oldest', 0).look).toEqual({ from: at(1_000), to: at(1_001) });
  });
});

test('the next look reaches as far as it may, eight times as far at most, and never less than the first', () => {
  const pace = { firstMs: 100, lookMs: 500, budgetMs: 1_500 };
  expect(nextReach(200, 250, pace)).toBe(400);
  expect(nextReach(200, 0, pace)).toBe(1_600);
  expect(nextReach(200, 1_000, pace)).toBe(100);
  expect(nextReach(200, 100_000, pace)).toBe(100);
});

describe('the first look', () => {
  const ANY: EventConditions = {
    siteId: '',
    bots: 'include',
    filter: [],
    eventTypes: null,
    source: null,
    service: null,
    entityType: null,
    entityId: null,
    actorId: null,
    visitorId: null,
    sessionId: null,
    workedOutSessionId: null,
    props: [],
    versions: new Map(),
  };
  const days = (more: Partial<EventConditions>) => paceOf({ ...ANY, ...more }).firstMs / 86_400_000;

  test.each([
    {},
    { eventTypes: ['a'] },
    { service: 's' },
    { visitorId: 'v' },
    { sessionId: 's', bots: 'exclude' as const },
    { entityType: 'asset', entityId: 'e' },
    { workedOutSessionId: 'w' },
  ])('is long where an index has the events in order: %j', (more) => {
    expect(days(more)).toBe(64);
  });

  test.each([
    { eventTypes: ['a', 'b'] },
    { eventTypes: ['a'], service: 's' },
    { actorId: 'a' },
    { source: 'web' },
    { entityId: 'e' },
    { bots: 'only' as const },
    { filter: [{ field: 'channel' as const, op: 'exists' as const }] },
    { visitorId: 'v', props: [{ prop: 'p', op: 'exists' as const, value: true }] },
  ])('is short where events are read to be left out: %j', (more) => {
    expect(days(more)).toBe(0.25);
  });
});
