import type { Receipt } from '@tallymark/contract/receipt';
import type { Ledger } from '@tallymark/contract/stats';
import { expect, test } from 'vitest';
import { checkInvariants } from './invariants.ts';
import type { LedgerLine, SentEvent } from './ledger-file.ts';
import type { Stored } from './stored.ts';
import { AGGREGATED_TYPE } from './traffic.ts';

// The oracle on a small world that is right, and on the same world with one thing wrong at a time.

const sent = (key: string, more: Partial<SentEvent> = {}): SentEvent => {
  return { key, hash: `of ${key}`, eventType: 'page_viewed', sessionId: 's', valid: true, ...more };
};
const accepted: Receipt = { status: 'accepted', id: '00000000-0000-7000-8000-000000000000' };
const rejected = (reason: 'conflict' | 'invalid_props'): Receipt => {
  return { status: 'rejected', reason, message: '', retryable: false };
};
const events = [sent('a'), sent('a', { hash: 'other' }), sent('b', { valid: false }), sent('c')];
const scrolled = sent('d', { eventType: AGGREGATED_TYPE });
const receipts = [accepted, rejected('conflict'), rejected('invalid_props'), accepted, accepted];
const lines: LedgerLine[] = [
  { kind: 'sent', attempt: '1', events: [...events, scrolled] },
  { kind: 'refused', attempt: '1', status: 503, retryAfter: '2' },
  { kind: 'sent', attempt: '2', events: [...events, scrolled] },
  { kind: 'answered', attempt: '2', receipts, ms: 5 },
];
const place = (key: string, hash = `of ${key}`) => ({ table: 'events' as const, key, hash });
const stored: Stored = {
  places: [place('a'), { ...place('c'), table: 'dead_letters' }],
  aggregated: new Map([[`${AGGREGATED_TYPE} s`, 1]]),
  aggregatedTotal: 1,
  storedTwice: [],
};
const counters = { received: 5, accepted: 3, duplicate: 0, sampled: 0, rejected: 2, rejectedByReason: {} };
const ledger: Ledger = {
  ...counters,
  stored: 1,
  aggregated: 1,
  merged: 0,
  deadLettered: 1,
  buffered: 0,
  balanced: true,
};

interface Wrong {
  readonly lines?: readonly LedgerLine[];
  readonly stored?: Partial<Stored>;
  readonly ledger?: Partial<Ledger>;
}

function check(wrong: Wrong): string[] {
  return checkInvariants(wrong.lines ?? lines, { ...stored, ...wrong.stored }, { ...ledger, ...wrong.ledger });
}

test('finds nothing where all is right', () => {
  expect(check({})).toEqual([]);
});

const c = { ...place('c'), table: 'dead_letters' as const };
const wrongs: [invariant: string, what: string, wrong: Wrong][] = [
  ['I1', 'an accepted event that is nowhere', { stored: { places: [place('a')] }, ledger: { deadLettered: 0 } }],
  ['I1', 'in events and in dead letters', { stored: { places: [place('a'), c, place('c')] }, ledger: { stored: 2 } }],
  ['I1', 'an aggregated event that was not counted', { stored: { aggregated: new Map() } }],
  ['I2', 'a key and time stored twice', { stored: { storedTwice: ['t a now'] } }],
  ['I3', 'an event without a receipt', { lines: [...lines, { kind: 'sent', attempt: '3', events: [sent('e')] }] }],
  [
    'I4',
    'other content than was sent',
    { stored: { places: [place('a'), c, place('a', 'x')] }, ledger: { stored: 2 } },
  ],
  ['I5', 'an invalid event with a row', { stored: { places: [place('a'), c, place('b')] }, ledger: { stored: 2 } }],
  ['I8', 'a refusal without Retry-After', { lines: lines.map((line) => ({ ...line, retryAfter: null })) }],
  ['I9', 'less received than answered', { ledger: { received: 4 } }],
  ['I9', 'more received than could be', { ledger: { received: 11 } }],
  ['I9', 'a ledger that does not balance', { ledger: { balanced: false } }],
  ['I9', 'more stored than there are rows', { ledger: { stored: 2 } }],
];

test.each(wrongs)('%s: finds %s', (invariant, _what, wrong) => {
  expect(check(wrong).map((breach) => breach.slice(0, 2))).toContain(invariant);
});
