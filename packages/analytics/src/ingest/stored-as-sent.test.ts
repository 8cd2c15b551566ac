import { definePlan } from '@tallymark/contract/plan';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { balancedLedger, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';

const plan = definePlan({ noted: { props: z.object({}).catchall(z.json()) } });

const nasty = fc.constantFrom('\0', 'a\0b', '\ud800', 'x\udfff', '\\u0000', '\u2028', '"', '\\', '__proto__', '😀', '');
const text = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: nasty },
);
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 0.1, 5e-324, 1.7976931348623157e308, 2 ** 53),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
}));
const anyProps = fc.dictionary(text, json, { maxKeys: 5 });

describe('what is stored equals what was sent', () => {
  test('for any props: accepted and equal, or rejected, and never a dead letter', async () => {
    await using world = await openWorld();
    const service = await world.serviceOf(plan);
    let [accepted, rejected] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(anyProps, { minLength: 10, maxLength: 30 }), async (list) => {
        const at = { eventType: 'noted', source: 'web', occurredAt: NOW.toISOString() };
        const events = list.map((props) => ({ ...at, idempotencyKey: crypto.randomUUID(), props }));
        const receipts = await service.ingestPublic(events, {});
        expect(await service.forceFlush()).toEqual({ complete: true, remaining: 0 });
        for (const [place, receipt] of receipts.entries()) {
          if (receipt.status === 'accepted') {
            accepted += 1;
            const stored = await world.prisma.event.findUnique({ where: { id: receipt.id } });
            expect(stored?.propsJson).toEqual(JSON.parse(JSON.stringify(list[place])));
          } else {
            rejected += 1;
            expect(receipt).toMatchObject({ status: 'rejected' });
          }
        }
      }),
      { numRuns: 20 },
    );
    expect(await world.prisma.deadLetter.count()).toBe(0);
    expect(await balancedLedger(service)).toMatchObject({ accepted, stored: accepted, rejected });
    // Both kinds were among them, or this says nothing.
    expect(Math.min(accepted, rejected)).toBeGreaterThan(10);
  });

  test('for every other field of the event and of its request', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const event = viewed({
      source: 'mobile' as const,
      service: 'checkout',
      occurredAt: '2026-11-15T13:00:00.123+02:00',
      attribution: { utmSource: 's', utmMedium: 'm', referrer: 'https://example.org/?a=b', clickIds: { gclid: 'g' } },
    });
    const context = {
      session: { userId: 'user-1', role: 'user' },
      userAgent: 'Agent/1.0',
      clientHints: { 'sec-ch-ua-mobile': '?1' },
      ipAddress: '192.0.2.7',
      correlationId: 'request-1',
      clientVersion: 'web/1.2.0',
    };
    const receipt = await service.ingest(event, context);
    await service.forceFlush();
    const [row, ...others] = await world.prisma.event.findMany();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      id: receipt.status === 'accepted' && receipt.id,
      tenantId: service.config.defaultTenantId,
      siteId: service.config.defaultSiteId,
      eventType: 'asset_viewed',
      schemaVersion: 1,
      source: 'mobile',
      service: 'checkout',
      entityType: 'asset',
      entityId: event.entityId,
      actorId: 'user-1',
      sessionId: 'session-1',
      occurredAt: new Date('2026-11-15T11:00:00.123Z'),
      receivedAt: NOW,
      propsJson: event.props,
      sentJson: null,
      touchJson: event.attribution,
      userAgent: 'Agent/1.0',
      clientHintsJson: { 'sec-ch-ua-mobile': '?1' },
      idempotencyKey: event.idempotencyKey,
      correlationId: 'request-1',
      count: 1,
      samplingRate: 100,
      retentionExempt: false,
      clientVersion: 'web/1.2.0',
    });
    // Of the address only a hash is kept, and the visitor is known by one too.
    expect(JSON.stringify(row)).not.toContain('192.0.2.7');
    expect([row?.ipHash, row?.visitorId]).toEqual([
      expect.stringMatching(/^[\w-]{22}$/),
      expect.stringMatching(/^[\w-]{22}$/),
    ]);
  });

  test('the hashes of one visitor differ from day to day and from site to site, never within a day', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const context = { ipAddress: '192.0.2.7', userAgent: 'Agent/1.0' };
    const times = ['2026-11-14T00:00:00.000Z', '2026-11-14T23:59:59.999Z', '2026-11-15T00:00:00.000Z'];
    for (const occurredAt of times) await service.ingest(viewed({ occurredAt }), context);
    await service.forceFlush();
    const rows = await world.prisma.event.findMany({ orderBy: { occurredAt: 'asc' } });
    const [first, second, third] = rows.map(({ ipHash, visitorId }) => `${ipHash} ${visitorId}`);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
    expect(rows[0]?.ipHash).not.toBe(rows[2]?.ipHash);
  });
});
