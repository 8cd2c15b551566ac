import type { PathNode, PathsAnswer } from '@tallymark/contract/reports/paths';

/** In paths, behind their nodes: the session was over. */
const END = -1;

/** Sessions by node, and between nodes of neighbouring levels. */
type Levels = Pick<PathsAnswer, 'levels' | 'links'>;

export interface PathLabels {
  /** Of level 0. */
  readonly point: string;
  /** Of a code. */
  readonly nameOf: (code: number) => string;
}

/**
 * Paths as levels of nodes and the links between them. A path that is shorter than `depth` ends in the node `end` of the
 * level behind its last, so that every session that reaches a node leaves it.
 */
export function pathLevels(
  paths: readonly (readonly number[])[],
  labels: PathLabels,
  { depth, top }: { readonly depth: number; readonly top: number },
): Levels {
  if (paths.length === 0) return { levels: [], links: [] };
  const start: PathNode = { id: idOf(0, labels.point), kind: 'value', value: labels.point, sessions: paths.length };
  const levels: Levels['levels'] = [{ level: 0, nodes: [start] }];
  const links: Levels['links'] = [];
  let from: (path: readonly number[]) => string = () => start.id;
  for (let level = 1; level <= depth; level += 1) {
    const going = paths.filter(({ length }) => length >= level - 1);
    if (going.length === 0) break;
    const { nodes, nodeOf } = levelOf(level, countCodes(going, level), labels, top);
    const to = (path: readonly number[]) => nodeOf(path[level - 1] ?? END);
    levels.push({ level, nodes });
    links.push(...linksBetween(level - 1, going, from, to));
    from = to;
  }
  return { levels, links };
}

function countCodes(paths: readonly (readonly number[])[], level: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const path of paths) {
    const code = path[level - 1] ?? END;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

function levelOf(level: number, counts: ReadonlyMap<number, number>, { nameOf }: PathLabels, top: number) {
  const ranked = [...counts].filter(([code]) => code !== END).sort(([a, left], [b, right]) => right - left || a - b);
  const ids = new Map(ranked.slice(0, top).map(([code]) => [code, idOf(level, nameOf(code))]));
  const rest = ranked.slice(top).reduce((sum, [, sessions]) => sum + sessions, 0);
  const [otherId, endId] = [`${level}(other)`, `${level}(end)`];
  const nodes: PathNode[] = [
    ...ranked.slice(0, top).map(([code, sessions]) => {
      const value = nameOf(code);
      return { id: idOf(level, value), kind: 'value' as const, value, sessions };
    }),
    { id: otherId, kind: 'other' as const, value: null, sessions: rest },
    { id: endId, kind: 'end' as const, value: null, sessions: counts.get(END) ?? 0 },
  ].filter(({ sessions }) => sessions > 0);
  return { nodes, nodeOf: (code: number) => (code === END ? endId : (ids.get(code) ?? otherId)) };
}

function linksBetween(
  level: number,
  paths: readonly (readonly number[])[],
  from: (path: readonly number[]) => string,
  to: (path: readonly number[]) => string,
): Levels['links'] {
  const links = new Map<string, Levels['links'][number]>();
  for (const path of paths) {
    const link = { level, from: from(path), to: to(path), sessions: 0 };
    const key = JSON.stringify([link.from, link.to]);
    const counted = links.get(key) ?? link;
    counted.sessions += 1;
    links.set(key, counted);
  }
  return [...links.values()].sort((a, b) => b.sessions - a.sessions);
}

/** Told apart from `1(other)` and `1(end)` whatever the value is. */
const idOf = (level: number, value: string) => `${level}:${value}`;
