import {
  FEWEST_IN_CLUSTER,
  FEWEST_VISITORS,
  VISITOR_FEATURES,
  type VisitorCluster,
  type VisitorFeature,
} from '@tallymark/contract/patterns';
import type { VisitorRow } from '@tallymark/prisma/stores/pattern-visitors';
import { clusterName } from './cluster-name.ts';
import { type Clustering, kMeans, type Point, seededRandom, squaredDistance } from './k-means.ts';
import { silhouette } from './silhouette.ts';

export interface FoundClusters {
  readonly clusters: VisitorCluster[];
  readonly ungrouped: number;
  readonly silhouette: number | null;
  readonly noClusters: string | null;
}

const MOST_CLUSTERS = 8;
/** Below it what is found are slices of one crowd. */
const LEAST_SILHOUETTE = 0.25;
const EXAMPLES = 3;
const SEED = 20_261_123;
/** They have long tails: a visitor with a hundred sessions is not a hundred times as far away. */
const LOGARITHMIC: ReadonlySet<VisitorFeature> = new Set(['sessions', 'pageViews', 'seconds', 'conversions']);

/**
 * Visitors who behave alike: k-means on standardised features, with as many clusters, from 2 to 8, as are told apart best.
 * The same visitors make the same clusters.
 */
export async function findClusters(visitors: readonly VisitorRow[]): Promise<FoundClusters> {
  const none = (noClusters: string): FoundClusters => ({
    clusters: [],
    ungrouped: visitors.length,
    silhouette: null,
    noClusters,
  });
  if (visitors.length < FEWEST_VISITORS) {
    return none(`There were ${visitors.length} visitors; it takes ${FEWEST_VISITORS} to tell them apart.`);
  }
  const points = standardised(visitors);
  if (points[0]?.length === 0) return none('All visitors behave the same.');
  const random = seededRandom(SEED);
  let best: { readonly clustering: Clustering; readonly score: number } | null = null;
  for (let k = 2; k <= MOST_CLUSTERS; k += 1) {
    const clustering = await kMeans(points, k, random);
    const score = silhouette(points, clustering);
    if (!best || score > best.score) best = { clustering, score };
  }
  if (!best || best.score < LEAST_SILHOUETTE) return none('No groups stand out: visitors differ by degrees.');
  const clusters = describe(visitors, points, best.clustering).filter(({ visitors }) => visitors >= FEWEST_IN_CLUSTER);
  if (clusters.length < 2) return none('No groups stand out: all but a few visitors behave alike.');
  const grouped = clusters.reduce((sum, { visitors }) => sum + visitors, 0);
  return { clusters, ungrouped: visitors.length - grouped, silhouette: best.score, noClusters: null };
}

/** Without features in which all are the same. */
function standardised(visitors: readonly VisitorRow[]): Point[] {
  const columns = VISITOR_FEATURES.map((feature) =>
    visitors.map((visitor) => (LOGARITHMIC.has(feature) ? Math.log1p(visitor[feature]) : visitor[feature])),
  );
  const usable = columns.flatMap((column) => {
    // Asked of the values themselves: rounding leaves the same ones a deviation.
    if (column.every((value) => value === column[0])) return [];
    const { mean, deviation } = momentsOf(column);
    return deviation > 0 ? [column.map((value) => (value - mean) / deviation)] : [];
  });
  return visitors.map((_, at) => usable.map((column) => column[at] ?? 0));
}

function describe(visitors: readonly VisitorRow[], points: readonly Point[], clustering: Clustering): VisitorCluster[] {
  const all = Object.fromEntries(
    VISITOR_FEATURES.map((feature) => [feature, momentsOf(visitors.map((visitor) => visitor[feature]))]),
  );
  const clusters = clustering.centres.flatMap((centre, cluster) => {
    const members = visitors.flatMap((visitor, at) =>
      clustering.assigned[at] === cluster ? [{ visitor, distance: squaredDistance(points[at] ?? [], centre) }] : [],
    );
    if (members.length === 0) return [];
    const features = VISITOR_FEATURES.map((feature) => {
      const average = momentsOf(members.map(({ visitor }) => visitor[feature])).mean;
      const { mean = 0, deviation = 0 } = all[feature] ?? {};
      return { feature, average, all: mean, deviation: deviation > 0 ? (average - mean) / deviation : 0 };
    }).sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation));
    const typical = members.sort((a, b) => a.distance - b.distance).slice(0, EXAMPLES);
    return {
      name: clusterName(features),
      visitors: members.length,
      share: (100 * members.length) / visitors.length,
      features,
      examples: typical.map(({ visitor }) => ({
        sessionId: visitor.latestSession,
        startedAt: visitor.latestStart.toISOString(),
      })),
    };
  });
  return clusters.sort((a, b) => b.visitors - a.visitors);
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}
