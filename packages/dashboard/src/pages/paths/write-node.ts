import type { PathNode } from '@tallymark/contract/reports/paths';

/** What a node of a path is called. */
export function writeNode({ kind, value }: Pick<PathNode, 'kind' | 'value'>, direction: 'after' | 'before'): string {
  if (kind === 'value') return value || '(none)';
  if (kind === 'other') return 'all others';
  return direction === 'after' ? 'end of the session' : 'begin of the session';
}
