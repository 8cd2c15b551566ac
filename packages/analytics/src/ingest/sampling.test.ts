import { demoPlan } from '@tallymark/contract/demo-plan';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { balancedLedger, NOW, openWorld } from '../test-support/ingestion-world.ts';
import { samplingBucket, samplingRate } from './sampling.ts';

const VISITORS = Array.from({ length: 300 }, (_, n) => `guest-${n}`);
const at = { source: 'web', occurredAt: NOW.toISOString() } as const;
const click = { ...at, eventType: 'element_clicked', props: { targetElementId: 'e', targetElementType: 'b' } } as const;

describe('the sampling rule', () => {
  test('puts visitors evenly over 0 to 100, always the same ones on the same place', () => {
    const places = Array.from({ length: 20_000 }, (_, n) => samplingBucket(`visitor ${n}`));
    expect(places).toEqual(Array.from({ length: 20_000 }, (_, n) => samplingBucket(`visitor ${n}`)));
    for (const percent of [1, 10, 50, 90]) {
      const share = (100 * places.filter((place) => place < percent).length) / places.length;
      expect(Math.abs(share - percent)).toBeLessThan(1);
    }
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThan(100);
  });

  test('never moves between releases: a visitor kept before is kept after', () => {
    expect(['a', 'visitor-1', 'ü'].map((visitor) => samplingBucket(visitor).toFixed(6))).toMatchInlineSnapshot(`
      [
        "10.352622",
        "59.603615",
        "3.132229",
      ]
    `);
  });

  test('has the defaults of the plan, and a rule set at run time wins over them', () => {
    const { page_viewed, form_submitted, cart_item_added, element_clicked, scrolled, mouse_moved } = demoPlan.types;
    const rates = [page_viewed, form_submitted, cart_item_added, element_clicked, scrolled, mouse_moved];
    expect(rates.map((definition) => samplingRate(definition, undefined))).toEqual([100, 100, 100, 100, 10, 1]);
    for (const definition of [page_viewed, form_submitted, cart_item_added]) expect(definition.alwaysKeep).toBe(true);
    expect([scrolled.aggregate, mouse_moved.aggregate]).toEqual([true, true]);
    expect(samplingRate(scrolled, { samplingRate: 40, alwaysKeep: false })).toBe(40);
    expect(samplingRate(scrolled, { samplingRate: 40, alwaysKeep: true })).toBe(100);
    expect(samplingRate({ ...scrolled, alwaysKeep: true }, undefined)).toBe(100);
  });
});

describe('sampled events', () => {
  test('of a visitor stay or go together, over all types and instances, and rows tell the rate', async () => {
    await using world = await openWorld();
    const services = await Promise.all([world.service(), world.service()]);
    const kept = { page_viewed: new Set<string>(), scrolled: new Set<string>(), mouse_moved: new Set<string>() };
    for (const [n, visitorId] of VISITORS.entries()) {
      const receipts = await services[n % 2 === 0 ? 0 : 1].ingestBatch(
        [
          { ...at, eventType: 'page_viewed', props: { path: '/' } },
          { ...at, eventType: 'scrolled', props: { path: '/', depth: 1 } },
          { ...at, eventType: 'mouse_moved', props: { path: '/', x: 1, y: 1 } },
        ],
        { visitorId },
      );
      for (const [place, type] of (['page_viewed', 'scrolled', 'mouse_moved'] as const).entries()) {
        if (receipts[place]?.status === 'accepted') kept[type].add(visitorId);
        else expect(receipts[place]).toEqual({ status: 'sampled' });
      }
    }
    const below = (percent: number) => VISITORS.filter((visitor) => samplingBucket(visitor) < percent);
    expect([...kept.page_viewed]).toEqual(VISITORS);
    expect([...kept.scrolled]).toEqual(below(10));
    expect([...kept.mouse_moved]).toEqual(below(1));
    expect(kept.mouse_moved.size).toBeGreaterThan(0);

    await services[0].forceFlush();
    const rates = await world.prisma.event.groupBy({ by: ['eventType', 'samplingRate'], _sum: { count: true } });
    expect(rates.map(({ eventType, samplingRate: rate }) => `${eventType} ${rate}`).sort()).toEqual([
      'mouse_moved 1',
      'page_viewed 100',
      'scrolled 10',
    ]);
    const sampled = 2 * VISITORS.length - kept.scrolled.size - kept.mouse_moved.size;
    expect(await balancedLedger(services[1])).toMatchObject({ received: 3 * VISITORS.length, sampled });
  });

  test('a rule set on one instance reaches the others, and wins over always-keep of the plan', async () => {
    await using world = await openWorld();
    const [one, two] = await Promise.all([world.service(), world.service()]);
    expect(await two.ingest(click)).toMatchObject({ status: 'accepted' });
    await one.updateThrottlingConfig('element_clicked', { samplingRate: 0, alwaysKeep: false });
    await one.updateThrottlingConfig('page_viewed', { samplingRate: 0, alwaysKeep: false });
    const keyed = () => ({ ...click, idempotencyKey: crypto.randomUUID() });
    expect(await one.ingest(keyed())).toEqual({ status: 'sampled' });
    await eventually(async () => expect(await two.ingest(keyed())).toEqual({ status: 'sampled' }), {
      timeoutMs: 3_000,
    });
    const page = { ...at, eventType: 'page_viewed', props: { path: '/' } } as const;
    expect(await two.ingest(page)).toEqual({ status: 'sampled' });
    await one.updateThrottlingConfig('element_clicked', { samplingRate: 0, alwaysKeep: true });
    await eventually(async () => expect(await two.ingest(keyed())).toMatchObject({ status: 'accepted' }));
    // An instance that starts later knows it too.
    expect(await (await world.service()).ingest(keyed())).toMatchObject({ status: 'accepted' });
  });

  test('a rule for no type, or out of range, is an error', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const rule = { samplingRate: 50, alwaysKeep: false };
    // @ts-expect-error The plan has no such type.
    await expect(service.updateThrottlingConfig('no_such_type', rule)).rejects.toThrow('no_such_type');
    for (const rate of [-1, 101, Number.NaN]) {
      await expect(service.updateThrottlingConfig('scrolled', { ...rule, samplingRate: rate })).rejects.toThrow();
    }
  });

  test('with throttling off nothing is sampled', async () => {
    await using world = await openWorld();
    const service = await world.service({ enableThrottling: false });
    const receipt = await service.ingest({ ...at, eventType: 'mouse_moved', props: { path: '/', x: 1, y: 1 } });
    expect(receipt).toMatchObject({ status: 'accepted' });
    await service.forceFlush();
    expect(await world.prisma.event.findMany()).toMatchObject([{ samplingRate: 100 }]);
  });
});
