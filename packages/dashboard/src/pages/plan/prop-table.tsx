'use client';
import type { PlannedType } from '@tallymark/contract/reports/plan';
import { Answered } from '../../data/answered.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type PlannedProp, propsIn } from './schema-props.ts';
import { usePropsSent } from './use-plan.ts';

const cell = 'py-1.5 pl-4';
const head = 'py-2 pl-4 text-left text-xs text-muted-foreground';

/** Each prop as planned, beside how often it is sent. Older events may have props that the plan has no longer. */
export function PropTable({ type: { eventType, schema, report } }: { type: PlannedType }) {
  const sent = usePropsSent(eventType);
  const planned = propsIn(schema);
  const names = new Set(planned.map(({ name }) => name));
  const roles = new Map(Object.entries(report).map(([role, prop]) => [prop, role]));
  return (
    <Answered question={sent} loading={<Skeleton className="h-48 w-full" />}>
      {({ events, props }) => {
        const counts = new Map(props.map((prop) => [prop.name, prop.events]));
        const stray = props.filter(({ name }) => !names.has(name));
        const rows: PlannedProp[] = [
          ...planned,
          ...stray.map(({ name }) => ({ name, type: '', required: false, limits: 'not in the plan any more' })),
        ];
        if (rows.length === 0) return <p className="text-sm text-muted-foreground">The type has no props.</p>;
        return (
          <ScrollRegion wide label="Props">
            <table className="text-sm" aria-label="Props">
              <thead>
                <tr className="border-b">
                  <th scope="col" className="py-2 text-left text-xs text-muted-foreground">
                    Prop
                  </th>
                  <th scope="col" className={head}>
                    Type
                  </th>
                  <th scope="col" className={head}>
                    Limits
                  </th>
                  <th scope="col" className={head}>
                    Needed
                  </th>
                  <th scope="col" className={`${head} text-right`}>
                    Sent
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ name, type, required, limits }) => (
                  <tr key={name} className="border-b last:border-0">
                    <th scope="row" className="py-1.5 text-left font-mono text-xs">
                      {name} {roles.has(name) && <Badge>{roles.get(name)}</Badge>}
                    </th>
                    <td className={cell}>{type}</td>
                    <td className={`${cell} text-muted-foreground`}>{limits}</td>
                    <td className={cell}>{required ? 'yes' : 'no'}</td>
                    <td className={`${cell} text-right whitespace-nowrap`}>
                      {sentInWords(counts.get(name) ?? 0, events)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        );
      }}
    </Answered>
  );
}

function sentInWords(withProp: number, events: number): string {
  if (events === 0) return 'no event yet';
  if (withProp === 0) return 'never';
  return `${writeNumber((withProp / events) * 100, 'percent')} of ${writeCount(events)}`;
}
