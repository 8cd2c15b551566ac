import type { PlanTypesAnswer } from '@tallymark/contract/reports/plan';
import { writeCount } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { reasonsInWords } from './reasons.ts';

const SHOWN = 20;

/** What the code sends and the plan does not know, and what is stored under names that the plan has no longer. */
export function StrayTypes({ answer: { unknown, retired } }: { answer: PlanTypesAnswer }) {
  if (unknown.length === 0 && retired.length === 0) return null;
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      {unknown.length > 0 && (
        <Card title="Sent, but not in the plan" note="These were rejected. Add the type to the plan, or fix the name.">
          <ul className="text-sm" aria-label="Types that the plan does not know">
            {unknown.slice(0, SHOWN).map(({ eventType, rejected, reasons }) => (
              <li key={String(eventType)} className="flex justify-between gap-4 border-t py-1 first:border-0">
                <span className="min-w-0">
                  <span className="font-mono text-xs break-all">{eventType ?? 'without a type'}</span>
                  <span className="block text-xs text-muted-foreground">{reasonsInWords(reasons)}</span>
                </span>
                <span className="text-bad">{writeCount(rejected)}</span>
              </li>
            ))}
          </ul>
          {unknown.length > SHOWN && (
            <p className="pt-1 text-xs text-muted-foreground">and {writeCount(unknown.length - SHOWN)} more</p>
          )}
        </Card>
      )}
      {retired.length > 0 && (
        <Card
          title="Stored, but not in the plan any more"
          note="Their events stay and are counted; new ones are rejected."
        >
          <ul className="text-sm" aria-label="Types that the plan has no longer">
            {retired.map(({ eventType, events, lastSeenAt }) => (
              <li key={eventType} className="flex justify-between gap-4 border-t py-1 first:border-0">
                <span className="min-w-0">
                  <span className="font-mono text-xs break-all">{eventType}</span>
                  <span className="block text-xs text-muted-foreground">
                    {lastSeenAt ? `last seen ${writeMoment(lastSeenAt)}` : 'removed by retention'}
                  </span>
                </span>
                <span>{writeCount(Math.round(events))} events</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}
