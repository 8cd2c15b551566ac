import type { PlanTypesAnswer } from '@tallymark/contract/reports/plan';
import { Tiles } from '../../charts/tiles.tsx';
import { writeCount } from '../../format/numbers.ts';

/** How well plan and code agree, in four numbers. */
export function PlanTiles({ answer: { types, unknown } }: { answer: PlanTypesAnswer }) {
  const seen = types.filter(({ lastSeenAt }) => lastSeenAt !== null).length;
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const rejected = sum([...types, ...unknown].map((one) => one.rejected));
  return (
    <Tiles
      tiles={[
        { name: 'Planned types', value: writeCount(types.length), note: `${writeCount(seen)} seen` },
        { name: 'Never seen', value: writeCount(types.length - seen), note: 'planned, and never sent' },
        { name: 'Not in the plan', value: writeCount(unknown.length), note: 'sent, and rejected' },
        { name: 'Rejected events', value: writeCount(rejected), note: 'of all reasons, in 30 days' },
      ]}
    />
  );
}
