'use client';
import { writeCount } from '../format/numbers.ts';

interface Second {
  /** Its end, in ms. */
  readonly at: number;
  readonly events: number;
}

interface SecondsChartProps {
  readonly seconds: readonly Second[];
  /** How many seconds the whole width is. */
  readonly span: number;
  readonly height?: number;
}

/** Events second by second up to now, a bar each. A second that nobody has counted has a mark on the base line instead. */
export function SecondsChart({ seconds, span, height = 72 }: SecondsChartProps) {
  const end = seconds.at(-1)?.at ?? 0;
  const most = Math.max(1, ...seconds.map(({ events }) => events));
  const place = (at: number) => span - (end - at) / 1_000 - 1;
  const bars = seconds
    .filter(({ events }) => events > 0)
    .map(({ at, events }) => `M${place(at)} ${height}v${-Math.max((events / most) * (height - 4), 1.5)}h.8V${height}z`)
    .join('');
  return (
    <figure role="img" aria-label={summary(seconds)}>
      <svg
        viewBox={`0 0 ${span} ${height}`}
        preserveAspectRatio="none"
        className="w-full"
        style={{ height }}
        aria-hidden
      >
        <path d={bars} fill="var(--series-1)" />
        <path
          d={holes(seconds)
            .map(([from, to]) => `M${place(from)} ${height - 3}H${place(to)}v3H${place(from)}z`)
            .join('')}
          fill="var(--warn)"
        />
        <path d={`M0 ${height - 0.5}H${span}`} stroke="var(--border)" vectorEffect="non-scaling-stroke" />
      </svg>
    </figure>
  );
}

/** From the end of a second to the begin of the next one that was counted, where others lie between. */
function holes(seconds: readonly Second[]): [from: number, to: number][] {
  return seconds.flatMap(({ at }, n): [number, number][] => {
    const next = seconds[n + 1];
    return next && next.at - at > 1_500 ? [[at + 1_000, next.at]] : [];
  });
}

function summary(seconds: readonly Second[]): string {
  if (seconds.length === 0) return 'Events per second: nothing counted yet.';
  const sum = seconds.reduce((total, { events }) => total + events, 0);
  const most = Math.max(...seconds.map(({ events }) => events));
  return (
    `Events per second, ${seconds.length} seconds up to now: ${writeCount(sum)} in all, at most ${writeCount(most)} in one second` +
    `${holes(seconds).length > 0 ? ', and a part that nobody counted' : ''}.`
  );
}
