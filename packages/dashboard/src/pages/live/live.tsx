'use client';
import { parseAsArrayOf, parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { SecondsChart } from '../../charts/seconds-chart.tsx';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { Failed } from '../../ui/states.tsx';
import { ConnectionState } from './connection-state.tsx';
import { LiveCounterTiles } from './live-counter-tiles.tsx';
import { type LiveLog, SECONDS_KEPT } from './live-log.ts';
import { LiveStream } from './live-stream.tsx';
import { TypeFilter } from './type-filter.tsx';
import { useLive } from './use-live.ts';

export function Live() {
  const { scope } = useScope();
  const [types, setTypes] = useQueryState('types', parseAsArrayOf(parseAsString).withDefault([]));
  const { connection, error, log } = useLive(scope.siteId, types);
  // What stood there when the stream was paused; it goes on being listened to.
  const [paused, setPaused] = useState<LiveLog | null>(null);
  if (connection === 'refused') return <Failed error={error} onRetry={() => location.reload()} />;
  return (
    <div className="grid grid-cols-1 gap-4">
      <LiveCounterTiles counters={log.counters} />
      <Card
        title="Events per second"
        note={`The last ${SECONDS_KEPT / 60} minutes, since this page was opened`}
        actions={<ConnectionState connection={connection} upToDate={log.counters?.upToDate ?? true} />}
      >
        <SecondsChart seconds={log.seconds} span={SECONDS_KEPT} />
      </Card>
      <TypeFilter types={types} onChange={(next) => void setTypes(next.length > 0 ? next : null)} />
      <LiveStream
        lines={(paused ?? log).lines}
        types={types}
        waiting={paused ? log.told - paused.told : 0}
        paused={paused !== null}
        onPause={() => setPaused(paused ? null : log)}
      />
    </div>
  );
}
