'use client';
import { Badge } from '../../ui/badge.tsx';
import type { Connection } from './use-live.ts';

/** Whether what is shown is what happens now. */
export function ConnectionState({ connection, upToDate }: { connection: Connection; upToDate: boolean }) {
  return (
    <span role="status">
      {connection === 'open' && upToDate && <Badge tone="good">Live</Badge>}
      {connection === 'open' && !upToDate && (
        <Badge tone="warn">The stream stands still: events are stored, and missing here</Badge>
      )}
      {connection === 'connecting' && <Badge>Connecting</Badge>}
      {connection === 'lost' && <Badge tone="bad">Connection lost, trying again</Badge>}
    </span>
  );
}
