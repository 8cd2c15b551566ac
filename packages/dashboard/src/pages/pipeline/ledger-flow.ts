import type { Ledger } from '@tallymark/contract/stats';
import type { FlowNode, FlowTone } from '../../charts/flow-layout.ts';

type Column = Exclude<keyof Ledger, 'rejectedByReason' | 'balanced'>;

const RECEIVED: readonly (readonly [Column, string, FlowTone])[] = [
  ['accepted', 'Accepted', 'good'],
  ['duplicate', 'Duplicate', 'plain'],
  ['sampled', 'Sampled', 'plain'],
  ['rejected', 'Rejected', 'bad'],
];
const ACCEPTED: readonly (readonly [Column, string, FlowTone])[] = [
  ['stored', 'Stored', 'good'],
  ['aggregated', 'Aggregated', 'good'],
  ['merged', 'Merged', 'plain'],
  ['buffered', 'Buffered', 'warn'],
  ['deadLettered', 'Dead letters', 'bad'],
];

/** Both sums of the ledger as one flow. */
export function ledgerFlow(ledger: Ledger): FlowNode {
  const part = ([column, name, tone]: readonly [Column, string, FlowTone]): FlowNode => ({
    name,
    tone,
    value: ledger[column],
    ...(column === 'accepted' && { parts: ACCEPTED.map(part) }),
  });
  return { name: 'Received', tone: 'main', value: ledger.received, parts: RECEIVED.map(part) };
}
