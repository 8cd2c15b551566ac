import { definePlan } from '@tallymark/contract/plan';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NOW, openWorld } from '../test-support/ingestion-world.ts';

const at = { source: 'web', occurredAt: NOW.toISOString() } as const;
const page = { ...at, eventType: 'page_viewed' } as const;

describe('an event of an older schema version', () => {
  test('is stored in the current one, with what was sent beside it', async () => {
    await using world = await openWorld();
    const service = await world.service();
    const [old] = await service.ingestPublic([{ ...page, schemaVersion: 1, props: { url: '/old', title: 't' } }], {});
    const [current] = await service.ingestPublic([{ ...page, sessionId: 's', props: { path: '/new' } }], {});
    expect([old?.status, current?.status]).toEqual(['accepted', 'accepted']);
    await service.forceFlush();
    const rows = await world.prisma.event.findMany();
    expect(rows.find(({ sessionId }) => sessionId === null)).toMatchObject({
      schemaVersion: 2,
      propsJson: { path: '/old', title: 't' },
      sentJson: { version: 1, props: { url: '/old', title: 't' } },
    });
    expect(rows.find(({ sessionId }) => sessionId === 's')).toMatchObject({
      schemaVersion: 2,
      propsJson: { path: '/new' },
      sentJson: null,
    });
  });

  test('goes through every version in between', async () => {
    await using world = await openWorld();
    const plan = definePlan({
      priced: {
        version: 3,
        upcast: { 1: ({ price }) => ({ euros: price }), 2: ({ euros }) => ({ cents: Number(euros) * 100 }) },
        props: z.strictObject({ cents: z.int() }),
      },
    });
    const service = await world.serviceOf(plan);
    const sent = [{ price: 3 }, { euros: 4 }, { cents: 5 }];
    const events = sent.map((props, n) => ({
      ...at,
      eventType: 'priced',
      schemaVersion: n + 1,
      props,
      sessionId: `${n}`,
    }));
    expect((await service.ingestPublic(events, {})).map(({ status }) => status)).toEqual(sent.map(() => 'accepted'));
    await service.forceFlush();
    const rows = await world.prisma.event.findMany({ orderBy: { sessionId: 'asc' } });
    expect(rows.map(({ propsJson }) => propsJson)).toEqual([{ cents: 300 }, { cents: 400 }, { cents: 5 }]);
  });

  test.each([
    ['newer than the plan', { schemaVersion: 3, props: { path: '/' } }, 'unknown_schema_version'],
    ['older than any known', { eventType: 'tracked', schemaVersion: 1, props: {} }, 'unknown_schema_version'],
    ['whose props do not fit after the upcast', { schemaVersion: 1, props: { nothing: '/' } }, 'invalid_props'],
    ['that makes its upcaster stumble', { eventType: 'stumbling', schemaVersion: 1, props: {} }, 'invalid_props'],
  ])('%s is rejected', async (_what, event, reason) => {
    await using world = await openWorld();
    const props = z.strictObject({ path: z.string().min(1) });
    const plan = definePlan({
      page_viewed: { version: 2, upcast: { 1: ({ url, ...rest }) => ({ ...rest, path: url }) }, props },
      tracked: { version: 2, props },
      stumbling: {
        version: 2,
        upcast: {
          1: () => {
            throw new Error('stumbled');
          },
        },
        props,
      },
    });
    const service = await world.serviceOf(plan);
    const receipts = await service.ingestPublic(
      [
        { ...page, ...event },
        { ...page, props: { path: '/' } },
      ],
      {},
    );
    expect(receipts).toMatchObject([{ status: 'rejected', reason }, { status: 'accepted' }]);
  });
});
