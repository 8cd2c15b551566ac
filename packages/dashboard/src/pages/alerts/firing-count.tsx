'use client';
import { writeCount } from '../../format/numbers.ts';
import { useAlerts } from './use-alerts.ts';

/** How many alerts are firing, beside the page's entry in the navigation. Nothing while none is. */
export function FiringCount() {
  const { data } = useAlerts();
  const firing = data?.alerts.filter(({ enabled, state }) => enabled && state === 'firing').length ?? 0;
  if (firing === 0) return null;
  return (
    <span className="ml-auto rounded-full border border-bad px-1.5 text-xs leading-4 font-medium text-bad">
      <span aria-hidden>{writeCount(firing)}</span>
      <span className="sr-only">
        , {firing === 1 ? '1 alert is firing' : `${writeCount(firing)} alerts are firing`}
      </span>
    </span>
  );
}
