/** What one session visited, in order. */
export interface Visited {
  /** Codes of nodes; 0 is none. */
  readonly codes: readonly number[];
  /** Index of the first visit to the point that paths begin at; -1 where there is none. */
  readonly point: number;
}

/**
 * The nodes that follow the first visit to the point, or those that came before it, the nearest first and at most `depth`.
 * The same several times in a row is one, beginning with the node of the point itself.
 */
export function sessionPath({ codes, point }: Visited, direction: 'after' | 'before', depth: number): number[] {
  const step = direction === 'after' ? 1 : -1;
  const path: number[] = [];
  let last = codes[point] ?? 0;
  for (let at = point + step; at >= 0 && at < codes.length && path.length < depth; at += step) {
    const code = codes[at] ?? 0;
    if (code === 0 || code === last) continue;
    path.push(code);
    last = code;
  }
  return path;
}
