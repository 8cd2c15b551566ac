import type { AttributedConversions } from '@tallymark/contract/reports/campaigns';
import type { Figure } from '@tallymark/contract/reports/figure';

interface Credit {
  readonly conversions: Figure;
  readonly value: Figure;
}

export interface TouchRow {
  readonly key: string;
  readonly name: string;
  /** Null where no conversion is told by that touch. */
  readonly first: Credit | null;
  readonly last: Credit | null;
}

/** Both models side by side, those with the most conversions by last touch first; what has no campaign comes last. */
export function touchRows(attribution: readonly AttributedConversions[]): TouchRow[] {
  const rows = new Map<string, TouchRow & { readonly named: boolean }>();
  for (const { model, kind, campaignId, source, conversions, value } of attribution) {
    const name = nameOf(kind, campaignId, source);
    const key = `${kind} ${campaignId} ${source}`;
    const row = rows.get(key) ?? { key, name, first: null, last: null, named: kind === 'named' };
    rows.set(key, { ...row, [model]: { conversions, value } });
  }
  const most = ({ first, last }: TouchRow) => last?.conversions.value ?? first?.conversions.value ?? 0;
  return [...rows.values()].sort((a, b) => Number(b.named) - Number(a.named) || most(b) - most(a));
}

function nameOf(kind: AttributedConversions['kind'], campaignId: string | null, source: string | null): string {
  if (kind === 'unattributed') return 'No campaign before it';
  if (kind === 'other') return 'Other campaigns';
  return [campaignId, source].filter(Boolean).join(' · ') || '(none)';
}
