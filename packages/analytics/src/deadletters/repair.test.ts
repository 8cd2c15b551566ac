import { demoPlan } from '@tallymark/contract/demo-plan';
import type { EventRow } from '@tallymark/contract/event-row';
import { definePlan } from '@tallymark/contract/plan';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NOW } from '../test-support/ingestion-world.ts';
import { DeadLetterError } from './errors.ts';
import { repairRow } from './repair.ts';

const ENTITY = '0193f7c2-3c48-7000-8000-00000000000a';
const HOUR_MS = 3_600_000;

const accepted = (more: Partial<EventRow> = {}): EventRow => ({
  id: uuidV7(NOW.getTime()),
  tenantId: '00000000-0000-7000-8000-000000000001',
  siteId: '00000000-0000-7000-8000-000000000002',
  eventType: 'asset_viewed',
  schemaVersion: 1,
  source: 'web',
  entityType: 'asset',
  entityId: ENTITY,
  sessionId: 'session-1',
  occurredAt: NOW.toISOString(),
  receivedAt: NOW.toISOString(),
  propsJson: { view_duration_ms: 1 },
  idempotencyKey: 'key',
  payloadHash: 'f'.repeat(32),
  samplingRate: 100,
  ...more,
});

function refusalOf(row: EventRow, repair: Parameters<typeof repairRow>[2]): string {
  try {
    repairRow(demoPlan, row, repair);
    return 'taken';
  } catch (error) {
    if (!(error instanceof DeadLetterError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

describe('a repair', () => {
  test('that changes nothing gives the row as it was', () => {
    const row = accepted({ touchJson: { utmSource: 'x' }, userAgent: 'ua', actorId: 'u', count: 3, visitorId: 'v' });
    expect(repairRow(demoPlan, row, {})).toEqual(row);
  });

  test('changes what it names, takes away what it sets to null, and leaves the rest', () => {
    const row = accepted({ userAgent: 'ua', actorId: 'u', service: 's', touchJson: { utmSource: 'x' } });
    const repaired = repairRow(demoPlan, row, {
      props: { referrer: 'https://a.example/' },
      entityId: '0193f7c2-3c48-7000-8000-00000000000b',
      sessionId: 'session-2',
      actorId: null,
      attribution: null,
      userAgent: 'other',
    });
    const { actorId: _actor, touchJson: _touch, ...rest } = row;
    expect(repaired).toEqual({
      ...rest,
      propsJson: { referrer: 'https://a.example/' },
      entityId: '0193f7c2-3c48-7000-8000-00000000000b',
      sessionId: 'session-2',
      userAgent: 'other',
    });
  });

  test('moves the id with the time, and keeps its other bits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOW.getTime() }), (ms) => {
        const row = accepted();
        const occurredAt = new Date(ms).toISOString();
        const repaired = repairRow(demoPlan, row, { occurredAt });
        expect(repaired.occurredAt).toBe(occurredAt);
        expect(repaired.id.slice(0, 13).replace('-', '')).toBe(ms.toString(16).padStart(12, '0'));
        expect(repaired.id.slice(14)).toBe(row.id.slice(14));
        expect(repaired.payloadHash).toBe(row.payloadHash);
      }),
    );
  });

  test('as a new event has another id of the same time, the same for the same event, and no key', () => {
    const row = accepted();
    const repaired = repairRow(demoPlan, row, { asNewEvent: true });
    expect(repaired.id).not.toBe(row.id);
    expect(repaired.id.slice(0, 13)).toBe(row.id.slice(0, 13));
    expect(repaired).not.toHaveProperty('idempotencyKey');
    expect(repairRow(demoPlan, { ...row }, { asNewEvent: true }).id).toBe(repaired.id);
    const another = repairRow(demoPlan, { ...row, payloadHash: 'e'.repeat(32) }, { asNewEvent: true });
    expect(another.id).not.toBe(repaired.id);
  });

  test('to another type is judged by that type', () => {
    const row = accepted();
    const repaired = repairRow(demoPlan, row, { eventType: 'search_performed', entityId: null, props: { query: 'q' } });
    expect(repaired).toMatchObject({ eventType: 'search_performed', propsJson: { query: 'q' } });
    expect(repaired).not.toHaveProperty('entityType');
    expect(refusalOf(row, { eventType: 'search_performed' })).toContain('invalid: ');
  });

  test('of an event that is older than the plan brings it up to the current version', () => {
    const row = accepted({ eventType: 'page_viewed', propsJson: { url: '/old' } });
    const { entityId: _id, entityType: _type, ...page } = row;
    expect(repairRow(demoPlan, page, {})).toMatchObject({
      schemaVersion: 2,
      propsJson: { path: '/old' },
      sentJson: { version: 1, props: { url: '/old' } },
    });
    const byHand = repairRow(demoPlan, page, { props: { path: '/new' } });
    expect(byHand).toMatchObject({ schemaVersion: 2, propsJson: { path: '/new' } });
    expect(byHand).not.toHaveProperty('sentJson');
  });

  test.each([
    ['an unknown type', {}, { eventType: 'nothing' }, 'no event type "nothing"'],
    ['a misspelt prop', {}, { props: { view_duration: 1 } }, 'view_duration'],
    ['an entity of another format', {}, { entityId: 'no uuid' }, 'entityId'],
    ['no entity', {}, { entityId: null }, 'needs the entityId'],
    ['NUL in the props', {}, { props: { referrer: 'a\0' } }, 'NUL'],
    ['a lone surrogate', {}, { sessionId: '\ud800' }, 'surrogate'],
    ['a lone surrogate in the context', {}, { userAgent: '\ud800' }, 'surrogate'],
    ['NUL that was accepted in the context', { userAgent: 'a\0b' }, {}, 'NUL'],
    ['NUL that was accepted in what was sent', { sentJson: { version: 1, props: { a: '\0' } } }, {}, 'NUL'],
    ['too much', {}, { props: { referrer: 'x'.repeat(40_000) } }, 'characters'],
    ['a forbidden key', {}, { props: JSON.parse('{"__proto__":{"a":1}}') }, 'not allowed'],
    ['a time after its receipt', {}, { occurredAt: new Date(NOW.getTime() + HOUR_MS).toISOString() }, 'future'],
    ['a time before all ids', {}, { occurredAt: '1969-12-31T23:59:59.999Z' }, '1969'],
  ])('with %s is refused, and says why', (_what, row, repair, message) => {
    const refusal = refusalOf(accepted(row), repair);
    expect(refusal).toMatch(/^invalid: /);
    expect(refusal).toContain(message);
  });

  test('is judged as it would be stored: what a schema makes of the props may be unstorable too', () => {
    const props = z.strictObject({ text: z.string().transform((text) => text.replaceAll('0', '\0')) });
    const plan = definePlan({ noted: { props } });
    const { entityId: _id, entityType: _type, ...row } = accepted({ eventType: 'noted', propsJson: { text: 'a' } });
    expect(repairRow(plan, row, {}).propsJson).toEqual({ text: 'a' });
    expect(() => repairRow(plan, row, { props: { text: '10' } })).toThrow('In the props as they would be stored');
  });
});
