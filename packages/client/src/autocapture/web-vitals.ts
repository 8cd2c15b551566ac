import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import type { TrackAny } from './track-any.ts';

/** Core Web Vitals of the page, each once; times in ms, CLS without a unit. */
export function watchVitals(track: TrackAny): void {
  const { pathname } = location;
  const measured = ({ name, value, rating }: Metric) =>
    track('web_vital_measured', { name, value: Math.round(value * 1_000) / 1_000, rating, path: pathname });
  for (const observe of [onCLS, onFCP, onINP, onLCP, onTTFB]) observe(measured);
}
