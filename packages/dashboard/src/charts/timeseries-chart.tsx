'use client';
import type { TimeUnit } from '@tallymark/contract/reports/timeseries';
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { type Unit, writeChange, writeNumber } from '../format/numbers.ts';
import { writeBucket } from '../format/times.ts';

export interface TimePoint {
  readonly start: string;
  readonly value: number;
  /** Twice the standard error, where it is an estimate. */
  readonly margin?: number;
  /** The same bucket of the period before. */
  readonly previous?: number;
  /** What would have been usual, where that is known. */
  readonly usual?: readonly [low: number, high: number];
  readonly unusual?: 'above' | 'below';
}

interface TimeseriesChartProps {
  /** What is drawn, for those who cannot see it. */
  readonly label: string;
  readonly points: readonly TimePoint[];
  readonly bucket: TimeUnit;
  readonly unit: Unit;
  readonly height?: number;
}

const axis = { fontSize: 12, fill: 'var(--muted-foreground)' } as const;

/** One series over time, with the period before as a dashed line, the usual range as a band and a ring around what is outside. */
export function TimeseriesChart({ label, points, bucket, unit, height = 260 }: TimeseriesChartProps) {
  const compared = points.some(({ previous }) => previous !== undefined);
  const expected = points.some(({ usual }) => usual !== undefined);
  return (
    <figure role="img" aria-label={summary(label, points, bucket, unit)} style={{ height }}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...points]} margin={{ top: 8, right: 32, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="start"
            tickFormatter={(start: string) => writeBucket(start, bucket, true)}
            tick={axis}
            tickLine={false}
            axisLine={false}
            minTickGap={40}
          />
          <YAxis
            width={48}
            tickFormatter={(value: number) => writeNumber(value, unit, true)}
            tick={axis}
            tickLine={false}
            axisLine={false}
            allowDecimals={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: 'var(--muted-foreground)' }}
            content={({ active, payload }) => {
              const point: TimePoint | undefined = active ? payload?.[0]?.payload : undefined;
              return point ? <PointNote point={point} bucket={bucket} unit={unit} /> : null;
            }}
          />
          {expected && (
            <Area
              dataKey="usual"
              stroke="none"
              fill="var(--series-other)"
              fillOpacity={0.18}
              isAnimationActive={false}
            />
          )}
          {compared && (
            <Line
              dataKey="previous"
              stroke="var(--series-other)"
              strokeDasharray="4 4"
              strokeWidth={1.5}
              dot={false}
              isAnimationActive={false}
            />
          )}
          <Area
            dataKey="value"
            stroke="var(--series-1)"
            strokeWidth={2}
            fill="var(--series-1)"
            fillOpacity={0.1}
            isAnimationActive={false}
            dot={({ cx, cy, payload }: DotProps) =>
              payload.unusual && cy !== undefined ? (
                <circle
                  key={payload.start}
                  cx={cx}
                  cy={cy}
                  r={5}
                  fill="var(--card)"
                  stroke="var(--warn)"
                  strokeWidth={2}
                />
              ) : (
                <g key={payload.start} />
              )
            }
          />
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  );
}

interface DotProps {
  readonly cx?: number;
  readonly cy?: number;
  readonly payload: TimePoint;
}

function PointNote({ point, bucket, unit }: { point: TimePoint; bucket: TimeUnit; unit: Unit }) {
  const { start, value, margin, previous } = point;
  return (
    <div className="rounded-md border bg-card px-3 py-2 text-xs shadow-lg">
      <p className="text-muted-foreground">{writeBucket(start, bucket)}</p>
      <p className="text-sm font-semibold">
        {writeNumber(value, unit)}
        {margin !== undefined && (
          <span className="ml-1 font-normal text-muted-foreground">±{writeNumber(margin, unit)}</span>
        )}
      </p>
      {previous !== undefined && (
        <p className="text-muted-foreground">
          before: {writeNumber(previous, unit)}
          {previous > 0 && ` (${writeChange(((value - previous) / previous) * 100)})`}
        </p>
      )}
      {point.usual && (
        <p className={point.unusual ? 'text-warn' : 'text-muted-foreground'}>
          {point.unusual ? `${writeUnusual(point.unusual, bucket)}: ` : 'usual: '}
          {writeNumber(point.usual[0], unit)} to {writeNumber(point.usual[1], unit)}
        </p>
      )}
    </div>
  );
}

const writeUnusual = (side: 'above' | 'below', bucket: TimeUnit) =>
  `${side === 'above' ? 'more' : 'less'} than usual for this ${bucket === 'hour' ? 'hour' : 'day'} of the week`;

/** The latest of what was unusual: there may be very many. */
const UNUSUAL_NAMED = 3;

function unusualOf(points: readonly TimePoint[], bucket: TimeUnit, unit: Unit): string {
  const unusual = points.filter((point) => point.unusual);
  if (unusual.length === 0) return points.some(({ usual }) => usual) ? ' Nothing was unusual.' : '';
  const named = unusual
    .slice(-UNUSUAL_NAMED)
    .map(
      ({ start, value, unusual: side }) =>
        `${writeBucket(start, bucket)}, ${writeNumber(value, unit)}, ${side === 'above' ? 'more' : 'less'} than usual`,
    );
  return ` Unusual: ${unusual.length}${unusual.length > UNUSUAL_NAMED ? ', the latest' : ''}: ${named.join('; ')}.`;
}

function summary(label: string, points: readonly TimePoint[], bucket: TimeUnit, unit: Unit): string {
  const [first] = points;
  const last = points.at(-1);
  const most = points.reduce<TimePoint | undefined>(
    (top, point) => (!top || point.value > top.value ? point : top),
    undefined,
  );
  if (!first || !last || !most) return `${label}: nothing.`;
  const sum = points.reduce((total, { value }) => total + value, 0);
  return (
    `${label} from ${writeBucket(first.start, bucket)} to ${writeBucket(last.start, bucket)}: ` +
    `${writeNumber(sum / points.length, unit)} on average, at most ${writeNumber(most.value, unit)} (${writeBucket(most.start, bucket)}).${unusualOf(points, bucket, unit)}`
  );
}
