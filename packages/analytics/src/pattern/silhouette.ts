import { type Clustering, type Point, squaredDistance } from './k-means.ts';

/** Points that are compared with each other: the work grows with their square. */
const COMPARED = 600;

/** How much nearer points are to their own cluster than to the next, from -1 to 1, of an even pick of them. */
export function silhouette(points: readonly Point[], { assigned }: Pick<Clustering, 'assigned'>): number {
  const step = Math.max(1, Math.floor(points.length / COMPARED));
  const picked = points.flatMap((point, at) => (at % step === 0 ? [{ point, cluster: assigned[at] ?? 0 }] : []));
  const scores = picked.map(({ point, cluster }, own) => {
    const distances = new Map<number, { sum: number; count: number }>();
    for (const [at, other] of picked.entries()) {
      if (at === own) continue;
      const known = distances.get(other.cluster) ?? { sum: 0, count: 0 };
      known.sum += Math.sqrt(squaredDistance(point, other.point));
      known.count += 1;
      distances.set(other.cluster, known);
    }
    const mean = ({ sum, count }: { sum: number; count: number }) => sum / count;
    const inside = distances.get(cluster);
    const outside = [...distances].filter(([name]) => name !== cluster).map(([, sums]) => mean(sums));
    if (!inside || outside.length === 0) return 0;
    const [a, b] = [mean(inside), Math.min(...outside)];
    return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  });
  return scores.length === 0 ? 0 : scores.reduce((sum, one) => sum + one, 0) / scores.length;
}
