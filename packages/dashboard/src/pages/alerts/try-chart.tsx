'use client';
import type { TriedAlert } from '@tallymark/contract/alerts';
import {
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { writeDayAndClock } from '../../format/clock.ts';
import type { Unit } from '../../format/numbers.ts';
import { writeBucket } from '../../format/times.ts';
import { writeFigure } from './rule-words.ts';

interface TryChartProps {
  readonly answer: TriedAlert;
  readonly unit: Unit | null;
  /** Null where none is fixed. */
  readonly threshold: number | null;
}

interface Point {
  readonly at: number;
  readonly value: number | null;
  readonly met: boolean;
}

const axis = { fontSize: 12, fill: 'var(--muted-foreground)' } as const;

/** The figure over the last days, with the threshold as a dashed line and a band wherever the rule would have fired. */
export function TryChart({ answer, unit, threshold }: TryChartProps) {
  const points: Point[] = answer.points.map(({ at, value, met }) => ({ at: Date.parse(at), value, met }));
  const last = points.at(-1)?.at ?? 0;
  return (
    <figure role="img" aria-label={summary(answer, unit, threshold)} className="h-[10rem]">
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={points} margin={{ top: 8, right: 24, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="at"
            type="number"
            domain={['dataMin', 'dataMax']}
            tickFormatter={(at: number) => writeBucket(new Date(at), 'day', true)}
            tick={axis}
            tickLine={false}
            axisLine={false}
            minTickGap={40}
          />
          <YAxis
            width={52}
            domain={[0, (most: number) => Math.max(most, threshold ?? 0) || 1]}
            tickFormatter={(value: number) => writeFigure(value, unit)}
            tick={axis}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--muted-foreground)' }}
            content={({ active, payload }) => {
              const point: Point | undefined = active ? payload?.[0]?.payload : undefined;
              return point ? <PointNote point={point} unit={unit} /> : null;
            }}
          />
          {answer.fired.map(({ from, to }) => (
            <ReferenceArea
              key={from}
              x1={Date.parse(from)}
              x2={to ? Date.parse(to) : last}
              fill="var(--bad)"
              fillOpacity={0.16}
              stroke="var(--bad)"
              strokeOpacity={0.5}
            />
          ))}
          {threshold !== null && (
            <ReferenceLine y={threshold} stroke="var(--bad)" strokeDasharray="5 4" ifOverflow="extendDomain" />
          )}
          <Line dataKey="value" stroke="var(--series-1)" strokeWidth={1.5} dot={false} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  );
}

function PointNote({ point: { at, value, met }, unit }: { point: Point; unit: Unit | null }) {
  return (
    <div className="rounded-md border bg-card px-3 py-2 text-xs shadow-lg">
      <p className="text-muted-foreground">{writeDayAndClock(new Date(at))}</p>
      <p className="text-sm font-semibold">{value === null ? 'no figure' : writeFigure(value, unit)}</p>
      {met && <p className="text-bad">would have fired</p>}
    </div>
  );
}

function summary({ points, fired }: TriedAlert, unit: Unit | null, threshold: number | null): string {
  const values = points.flatMap(({ value }) => value ?? []);
  if (values.length === 0) return 'The last 7 days: no figure at all.';
  const range = `from ${writeFigure(Math.min(...values), unit)} to ${writeFigure(Math.max(...values), unit)}`;
  const held = threshold === null ? '' : `, held against ${writeFigure(threshold, unit)}`;
  return `The last 7 days: ${range}${held}; it would have fired ${fired.length === 1 ? 'once' : `${fired.length} times`}.`;
}
