import { setImmediate as breathe } from 'node:timers/promises';

export type Point = readonly number[];

export interface Clustering {
  readonly centres: readonly Point[];
  /** Index of each point's centre. */
  readonly assigned: readonly number[];
}

const ROUNDS = 60;
const STARTS = 3;

/** The same numbers for the same seed, from 0 up to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function squaredDistance(a: Point, b: Point): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** Lloyd's k-means from k-means++ centres; the tightest of a few starts. Lets other work run between rounds. */
export async function kMeans(points: readonly Point[], k: number, random: () => number): Promise<Clustering> {
  let best: (Clustering & { readonly spread: number }) | null = null;
  for (let start = 0; start < STARTS; start += 1) {
    let centres = firstCentres(points, k, random);
    let assigned = assign(points, centres);
    for (let round = 0; round < ROUNDS; round += 1) {
      await breathe();
      centres = centresOf(points, assigned, centres);
      const next = assign(points, centres);
      const settled = next.every((centre, at) => centre === assigned[at]);
      assigned = next;
      if (settled) break;
    }
    const spread = points.reduce((sum, point, at) => sum + squaredDistance(point, centres[assigned[at] ?? 0] ?? []), 0);
    if (!best || spread < best.spread) best = { centres, assigned, spread };
  }
  return best ?? { centres: [], assigned: [] };
}

/** Each next one the likelier the further it is from those that are there. */
function firstCentres(points: readonly Point[], k: number, random: () => number): Point[] {
  const centres = [points[Math.floor(random() * points.length)] ?? []];
  while (centres.length < k) {
    const distances = points.map((point) => Math.min(...centres.map((centre) => squaredDistance(point, centre))));
    const total = distances.reduce((sum, one) => sum + one, 0);
    let left = random() * total;
    const picked = distances.findIndex((distance) => {
      left -= distance;
      return left < 0;
    });
    centres.push(points[picked < 0 ? points.length - 1 : picked] ?? []);
  }
  return centres;
}

function assign(points: readonly Point[], centres: readonly Point[]): number[] {
  return points.map((point) => {
    let [nearest, least] = [0, Number.POSITIVE_INFINITY];
    for (let at = 0; at < centres.length; at += 1) {
      const distance = squaredDistance(point, centres[at] ?? []);
      if (distance < least) [nearest, least] = [at, distance];
    }
    return nearest;
  });
}

/** A centre that nobody is near stays where it is. */
function centresOf(points: readonly Point[], assigned: readonly number[], centres: readonly Point[]): Point[] {
  const sums = centres.map((centre) => ({ count: 0, sum: centre.map(() => 0) }));
  for (const [at, point] of points.entries()) {
    const own = sums[assigned[at] ?? 0];
    if (!own) continue;
    own.count += 1;
    for (const [dimension, value] of point.entries()) own.sum[dimension] = (own.sum[dimension] ?? 0) + value;
  }
  return sums.map(({ count, sum }, at) => (count === 0 ? (centres[at] ?? []) : sum.map((one) => one / count)));
}
