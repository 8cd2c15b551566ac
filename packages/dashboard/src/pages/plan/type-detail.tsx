'use client';
import type { PlannedType } from '@tallymark/contract/reports/plan';
import { ArrowLeft } from 'lucide-react';
import { Tiles } from '../../charts/tiles.tsx';
import { writeCount } from '../../format/numbers.ts';
import { writeMoment } from '../../format/times.ts';
import { words } from '../../format/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PropTable } from './prop-table.tsx';
import { usePlanState } from './use-plan.ts';

/** One type: what the plan says of it, prop by prop, and what is sent. */
export function TypeDetail({ type, from }: { type: PlannedType; from: string }) {
  const [, setState] = usePlanState();
  const { eventType, version, entityType, samplingRate, alwaysKeep, aggregate, conversion, campaign } = type;
  const marks = [
    `version ${version}`,
    entityType ? `happens to: ${entityType}` : 'happens to nothing',
    alwaysKeep ? 'always kept' : `${samplingRate} % of visitors kept`,
    ...(aggregate ? ['summed by the minute'] : []),
    ...(conversion ? ['conversion'] : []),
    ...(campaign ? [`campaign: ${campaign}`] : []),
  ];
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-3">
        <Button size="small" onClick={() => void setState({ type: null })}>
          <ArrowLeft aria-hidden /> All types
        </Button>
        <h2 className="font-mono text-base font-semibold">{eventType}</h2>
        <p className="flex flex-wrap gap-1.5">
          {marks.map((mark) => (
            <Badge key={mark}>{mark}</Badge>
          ))}
        </p>
      </div>
      <Tiles
        tiles={[
          { name: 'Events', value: writeCount(Math.round(type.events)), note: `since ${writeMoment(from)}` },
          {
            name: 'Rejected',
            value: writeCount(type.rejected),
            note: type.reasons.map(({ reason }) => words(reason)).join(', ') || 'none',
          },
        ]}
      />
      <Card title="Props" note="What the plan says, and how many of the latest 1,000 stored events have each prop.">
        <PropTable type={type} />
      </Card>
      <Card title="Schema" note="JSON Schema of the props, as a caller writes them.">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and whoever has no mouse could not scroll it otherwise */}
        <pre tabIndex={0} className="max-h-96 overflow-auto font-mono text-xs">
          {JSON.stringify(type.schema, null, 2)}
        </pre>
      </Card>
    </div>
  );
}
