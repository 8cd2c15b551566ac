'use client';

import { BufferSection } from './buffer-section.tsx';
import { ConfigSection, type PlannedSampling } from './config-section.tsx';
import { ConnectionState } from './connection-state.tsx';
import { DurabilitySection } from './durability-section.tsx';
import { FlushSection } from './flush-section.tsx';
import { LedgerSection } from './ledger-section.tsx';
import { Tiles } from './tiles.tsx';
import { type Reading, useIngestStats } from './use-ingest-stats.ts';

interface Props {
  readonly first: Reading | null;
  readonly sampling: readonly PlannedSampling[];
}

/** What goes through the ingestion service, as it happens. */
export function IngestMonitor({ first, sampling }: Props) {
  const { reading, connection, refresh } = useIngestStats(first);
  return (
    <>
      <header className="page-head admin-head">
        <div>
          <h1>Ingest</h1>
          <p className="lead">Every event received, and where it is now. All instances together.</p>
        </div>
        <ConnectionState connection={connection} at={reading?.at ?? null} />
      </header>
      {reading ? (
        <div className="panels">
          <DurabilitySection warnings={reading.stats.durabilityWarnings} />
          <Tiles reading={reading} />
          <LedgerSection ledger={reading.stats.ledger} />
          <BufferSection stats={reading.stats} />
          <FlushSection reading={reading} onFlushed={refresh} />
          <ConfigSection stats={reading.stats} sampling={sampling} />
        </div>
      ) : (
        <p className="panel soft">
          No numbers yet: the stores do not answer. Events are taken by whichever of them is up; this page goes on by
          itself.
        </p>
      )}
    </>
  );
}
