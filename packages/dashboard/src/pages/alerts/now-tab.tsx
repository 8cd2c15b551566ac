'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { BellOff, CircleCheck } from 'lucide-react';
import { Answered } from '../../data/answered.tsx';
import { writeCount } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';
import { useMinute } from '../../state/use-minute.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ActiveAlert } from './active-alert.tsx';
import { useAlerts } from './use-alerts.ts';

/** The job runs each minute: after so long it does not run at all. */
const STALE_MS = 5 * 60_000;

/** What fires or fails at this moment. Says so when nothing does, too, and whether anybody has looked. */
export function NowTab() {
  const list = useAlerts();
  return (
    <Answered question={list} loading={<Skeleton className="h-44 w-full" />}>
      {({ alerts }) => {
        const watched = alerts.filter(({ enabled }) => enabled);
        const active = watched.filter(({ state }) => state !== 'ok');
        return (
          <div className="grid grid-cols-1 gap-4">
            <Summary watched={watched} active={active} />
            {active.length > 0 && (
              <ul className="grid grid-cols-1 gap-4 xl:grid-cols-2" aria-label="What fires or fails">
                {active.map((alert) => (
                  <ActiveAlert key={alert.id} alert={alert} />
                ))}
              </ul>
            )}
          </div>
        );
      }}
    </Answered>
  );
}

function Summary({ watched, active }: { watched: readonly Alert[]; active: readonly Alert[] }) {
  const minute = useMinute();
  if (watched.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-lg border bg-card p-4">
        <BellOff className="size-4 shrink-0 text-muted-foreground" aria-hidden />
        No rule is on, so nothing can fire. Make one, or switch one on, under Rules.
      </p>
    );
  }
  const checked = watched.flatMap(({ evaluatedAt }) => evaluatedAt ?? []).sort();
  const latest = checked.at(-1);
  const now = Math.max(minute, latest ? Date.parse(latest) : 0);
  const stale = !latest || now - Date.parse(latest) > STALE_MS;
  const quiet = watched.length - active.length;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-lg border bg-card p-4" role="status">
      {active.length === 0 && !stale && <CircleCheck className="size-5 shrink-0 text-good" aria-hidden />}
      <p className="font-medium">{active.length === 0 ? 'Nothing fires' : activeWords(active)}</p>
      <p className="text-xs text-muted-foreground">
        {writeCount(quiet)} of {writeCount(watched.length)} {watched.length === 1 ? 'rule' : 'rules'} quiet
        {latest && (
          <>
            , last checked <time dateTime={latest}>{writeAgo(latest, now)}</time>
          </>
        )}
      </p>
      {stale && (
        <p className="w-full text-xs text-warn">
          {latest ? 'Rules should be checked every minute.' : 'No rule was checked yet; each is once a minute.'} See
          whether the worker process runs, and what its log says.
        </p>
      )}
    </div>
  );
}

function activeWords(active: readonly Alert[]): string {
  const firing = active.filter(({ state }) => state === 'firing').length;
  const failing = active.length - firing;
  const parts = [firing > 0 && `${writeCount(firing)} firing`, failing > 0 && `${writeCount(failing)} failing`];
  return parts.filter(Boolean).join(', ');
}
