import { beforeAll, describe, expect, it } from 'vitest';
import type { HistoryAsset } from './browse.ts';
import { type History, makeHistory } from './make-history.ts';

const UNTIL = new Date('2026-11-23T14:20:00.000Z');
const OWNERS = [
  { userId: '0198c0de-0000-7000-8000-000000000001', role: 'admin' },
  { userId: '0198c0de-0000-7000-8000-000000000002', role: 'member' },
];
const ASSETS: HistoryAsset[] = Array.from({ length: 20 }, (_, at) => ({
  id: `0198c0de-0000-7000-8000-0000000001${String(at).padStart(2, '0')}`,
  title: `Work ${at}`,
  priceCents: 9_900,
  ownerId: OWNERS[at % 2]?.userId ?? '',
  status: 'approved',
}));
const options = { seed: 7, until: UNTIL, assets: ASSETS, owners: OWNERS };
const hash = (history: History) => JSON.stringify(history);

describe('the history of the demo', () => {
  let history: History;
  beforeAll(() => {
    history = makeHistory(options);
  });
  const ofType = (type: string) => history.events.filter(({ input }) => input.eventType === type);
  const visitorsOf = (type: string) => new Set(ofType(type).map(({ input }) => input.context?.visitorId));

  it('is the same for the same seed, and another for another', () => {
    const small = { ...options, scale: 0.1 };
    expect(hash(makeHistory(small))).toBe(hash(makeHistory(small)));
    expect(hash(makeHistory({ ...small, seed: 8 }))).not.toBe(hash(makeHistory(small)));
  });

  it('covers thirty days, has every key once and nothing in the future', () => {
    const times = history.events.map(({ atMs }) => atMs);
    expect(Math.max(...times)).toBeLessThanOrEqual(UNTIL.getTime());
    expect(UNTIL.getTime() - Math.min(...times)).toBeGreaterThan(29 * 86_400_000);
    const keys = history.events.map(({ input }) => input.idempotencyKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(history.events.length).toBeGreaterThan(20_000);
    expect(history.events.length).toBeLessThan(60_000);
  });

  it('has a rhythm: workdays over weekends, afternoons over nights', () => {
    const views = ofType('page_viewed').map(({ atMs }) => new Date(atMs));
    const perDay = (days: readonly number[]) =>
      views.filter((at) => days.includes(at.getUTCDay())).length / days.length;
    const inHours = (hours: readonly number[]) => views.filter((at) => hours.includes(at.getUTCHours())).length;
    expect(perDay([2, 3, 4])).toBeGreaterThan(perDay([0, 6]) * 1.4);
    expect(inHours([13, 14, 15])).toBeGreaterThan(inHours([2, 3, 4]) * 6);
  });

  it('leaks from step to step', () => {
    const steps = ['page_viewed', 'asset_viewed', 'cart_item_added', 'license_signed'].map(
      (type) => visitorsOf(type).size,
    );
    for (const [at, size] of steps.entries()) expect(size).toBeLessThan(steps[at - 1] ?? Number.POSITIVE_INFINITY);
    expect(steps[3]).toBeGreaterThan(50);
    expect(history.licenses).toHaveLength(ofType('license_signed').length);
  });

  it('knows returning visitors, campaigns with costs, some bots and some late events', () => {
    const days = new Map<string, Set<number>>();
    let bots = 0;
    for (const { atMs, input } of ofType('page_viewed')) {
      const visitor = input.context?.visitorId ?? '';
      days.set(visitor, (days.get(visitor) ?? new Set()).add(Math.floor(atMs / 86_400_000)));
      if (/bot/i.test(input.context?.userAgent ?? '')) bots += 1;
    }
    const returned = [...days.values()].filter(({ size }) => size > 1).length / days.size;
    expect(returned).toBeGreaterThan(0.15);
    expect(returned).toBeLessThan(0.6);
    expect(bots).toBeGreaterThan(100);
    const influencers = new Set(
      ofType('campaign_impression').map(({ input }) => 'influencerId' in input.props && input.props.influencerId),
    );
    expect([...influencers].filter(Boolean).sort()).toEqual(['mara.lind', 'studio-finch', 'theo.park']);
    const behind = history.events.findIndex(({ atMs }, at) => atMs < (history.events[at - 1]?.atMs ?? 0));
    expect(history.events.length - behind).toBeGreaterThan(50);
    expect(behind).toBeGreaterThan(history.events.length * 0.95);
  });

  it('pays no owner more than the works have earned', () => {
    for (const { userId } of OWNERS) {
      const fees = history.licenses.filter(({ asset }) => asset.ownerId === userId).map(({ feeCents }) => feeCents);
      const paid = history.payouts.filter(
        ({ recipientId, status }) => recipientId === userId && status === 'completed',
      );
      const sum = (cents: readonly number[]) => cents.reduce((total, one) => total + one, 0);
      expect(paid.length).toBeGreaterThan(0);
      expect(sum(paid.map(({ amountCents }) => amountCents))).toBeLessThanOrEqual(sum(fees) * 0.7);
    }
  });
});
