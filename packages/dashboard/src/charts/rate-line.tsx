import { writeCount } from '../format/numbers.ts';

const WIDTH = 300;
const HEIGHT = 48;

/** A rate over the last minutes, as a line without axes; its highest and latest value stand beside it. */
export function RateLine({ label, rates }: { label: string; rates: readonly number[] }) {
  const highest = Math.max(1, ...rates);
  const step = WIDTH / Math.max(1, rates.length - 1);
  const points = rates.map((rate, at) => `${at * step},${HEIGHT - 2 - (rate / highest) * (HEIGHT - 4)}`).join(' ');
  const latest = rates.at(-1) ?? 0;
  return (
    <figure
      role="img"
      aria-label={`${label}: ${writeCount(latest)} a second now, at most ${writeCount(Math.max(0, ...rates))} since the page is open.`}
    >
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-12 w-full" aria-hidden>
        <line x1={0} x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} stroke="var(--border)" />
        {rates.length > 1 && (
          <polyline
            points={points}
            fill="none"
            stroke="var(--series-1)"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        )}
      </svg>
    </figure>
  );
}
