import type { Alert } from '@tallymark/contract/alerts';
import { Badge } from '../../ui/badge.tsx';

const LOOKS = {
  firing: { tone: 'bad', words: 'Firing' },
  failing: { tone: 'warn', words: 'Failing' },
  ok: { tone: 'good', words: 'OK' },
} as const;

/** How a rule stands. One that is switched off, or was never looked at, is not said to be fine. */
export function StateBadge({ alert: { enabled, state, evaluatedAt } }: { alert: Alert }) {
  if (!enabled) return <Badge>Off</Badge>;
  if (evaluatedAt === null) return <Badge>Not checked yet</Badge>;
  return <Badge tone={LOOKS[state].tone}>{LOOKS[state].words}</Badge>;
}
