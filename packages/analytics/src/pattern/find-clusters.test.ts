import type { VisitorRow } from '@tallymark/prisma/stores/pattern-visitors';
import { describe, expect, test } from 'vitest';
import { findClusters } from './find-clusters.ts';
import { kMeans, type Point, seededRandom } from './k-means.ts';
import { silhouette } from './silhouette.ts';

const random = seededRandom(7);
/** About normal: the sum of four even ones. */
const noise = () => random() + random() + random() + random() - 2;

const PLANTED = {
  readers: { sessions: 1, pageViews: 20, seconds: 900, conversions: 0, mobile: 0, night: 0, campaign: 0 },
  buyers: { sessions: 12, pageViews: 6, seconds: 300, conversions: 3, mobile: 0, night: 0, campaign: 0 },
  passing: { sessions: 1, pageViews: 1, seconds: 5, conversions: 0, mobile: 100, night: 100, campaign: 100 },
} as const;
type Kind = keyof typeof PLANTED;

function visitorOf(kind: Kind, n: number): VisitorRow {
  const about = (value: number) => Math.max(0, value * (1 + 0.1 * noise()));
  const { sessions, pageViews, seconds, conversions, ...shares } = PLANTED[kind];
  return {
    sessions: Math.max(1, Math.round(about(sessions))),
    pageViews: about(pageViews),
    seconds: about(seconds),
    conversions: Math.round(about(conversions)),
    ...shares,
    latestSession: `${kind}-${n}`,
    latestStart: new Date(Date.UTC(2026, 10, 1, 0, n)),
  };
}
const visitors = (counts: Readonly<Partial<Record<Kind, number>>>) =>
  (Object.keys(counts) as Kind[]).flatMap((kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, n) => visitorOf(kind, n)),
  );

describe('findClusters', () => {
  test('finds the groups that were planted, names them, and shows members as examples', async () => {
    const found = await findClusters(visitors({ passing: 300, readers: 150, buyers: 50 }));
    expect(found.noClusters).toBeNull();
    expect(found.clusters.map(({ visitors: size, share }) => [size, Math.round(share)])).toEqual([
      [300, 60],
      [150, 30],
      [50, 10],
    ]);
    const [passing, readers, buyers] = found.clusters;
    expect(passing?.name).toMatch(/on phones|at night|campaigns/);
    expect(readers?.name).toMatch(/stay long|many pages/);
    expect(buyers?.name).toContain('convert');
    for (const [cluster, kind] of [
      [passing, 'passing'],
      [readers, 'readers'],
      [buyers, 'buyers'],
    ] as const) {
      expect(cluster?.examples).toHaveLength(3);
      for (const { sessionId } of cluster?.examples ?? []) expect(sessionId).toMatch(new RegExp(`^${kind}-`));
    }
    const converting = buyers?.features.find(({ feature }) => feature === 'conversions');
    expect(converting?.average).toBeGreaterThan(2);
    expect(converting?.all).toBeCloseTo(((converting?.average ?? 0) * 50) / 500, 9);
    expect(found.silhouette).toBeGreaterThan(0.5);
  });

  test('a handful of odd ones are no group, and are said to be in none', async () => {
    const found = await findClusters(visitors({ passing: 120, readers: 80, buyers: 3 }));
    expect(found.clusters.map(({ visitors: size }) => size)).toEqual([120, 80]);
    expect(found.ungrouped).toBe(3);
  });

  test('says the same of the same visitors', async () => {
    const some = visitors({ passing: 60, readers: 40 });
    expect(await findClusters(some)).toEqual(await findClusters(some));
  });

  test('says why there are none: too few visitors, all the same, or one crowd', async () => {
    expect((await findClusters(visitors({ readers: 49 }))).noClusters).toContain('49 visitors');
    const [one] = visitors({ readers: 1 });
    if (!one) throw new Error('There is one.');
    expect((await findClusters(Array.from({ length: 60 }, () => one))).noClusters).toContain('the same');
    const crowd = visitors({ readers: 400 }).map((visitor) => ({
      ...visitor,
      ...{ sessions: Math.exp(2 + noise()), pageViews: Math.exp(2 + noise()), seconds: Math.exp(4 + noise()) },
      ...{ conversions: Math.exp(1 + noise()), mobile: 50 + 20 * noise(), night: 50 + 20 * noise() },
      campaign: 50 + 20 * noise(),
    }));
    expect((await findClusters(crowd)).noClusters).toContain('differ by degrees');
  });
});

test('k-means ends where no point is nearer to another centre, and centres are the means', async () => {
  const points: Point[] = Array.from({ length: 200 }, (_, n) => [noise() + (n % 4) * 6, noise()]);
  const { centres, assigned } = await kMeans(points, 4, seededRandom(1));
  const distance = (a: Point, b: Point) => Math.hypot(...a.map((value, at) => value - (b[at] ?? 0)));
  for (const [at, point] of points.entries()) {
    const own = distance(point, centres[assigned[at] ?? 0] ?? []);
    for (const centre of centres) expect(own).toBeLessThanOrEqual(distance(point, centre) + 1e-9);
  }
  for (const [cluster, centre] of centres.entries()) {
    const members = points.filter((_, at) => assigned[at] === cluster);
    expect(members).toHaveLength(50);
    for (const [dimension, value] of centre.entries()) {
      const mean = members.reduce((sum, member) => sum + (member[dimension] ?? 0), 0) / members.length;
      expect(value).toBeCloseTo(mean, 9);
    }
  }
});

test('the silhouette of four points is what it is by hand', () => {
  const points: Point[] = [[0], [1], [10], [11]];
  // Of the outer points (10.5 - 1) / 10.5, of the inner ones (9.5 - 1) / 9.5.
  const expected = (2 * (9.5 / 10.5) + 2 * (8.5 / 9.5)) / 4;
  expect(silhouette(points, { assigned: [0, 0, 1, 1] })).toBeCloseTo(expected, 12);
  expect(silhouette(points, { assigned: [0, 1, 0, 1] })).toBeLessThan(0);
});
