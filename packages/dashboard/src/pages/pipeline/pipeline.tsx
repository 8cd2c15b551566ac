'use client';
import { TilesLoading } from '../../charts/tiles.tsx';
import { Answered } from '../../data/answered.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { BufferCard } from './buffer-card.tsx';
import { CircuitsCard } from './circuits-card.tsx';
import { DeadLettersCard } from './dead-letters-card.tsx';
import { FlushCard } from './flush-card.tsx';
import { HeadTiles } from './head-tiles.tsx';
import { LedgerCard } from './ledger-card.tsx';
import { ProjectionsCard } from './projections-card.tsx';
import { QueryTimesCard } from './query-times-card.tsx';
import { useStats } from './questions.ts';
import { QueuesCard } from './queues-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { ThinningCard } from './thinning-card.tsx';
import { Warnings } from './warnings.tsx';

/** What goes through ingestion, as it happens, and everything behind it. */
export function Pipeline() {
  const stats = useStats();
  const at = stats.dataUpdatedAt || Date.now();
  return (
    <div className="grid grid-cols-1 gap-4">
      <Answered question={stats} loading={<Loading />}>
        {(answer) => (
          <div className="grid grid-cols-1 gap-4">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <Warnings stats={answer} />
              <span role="status">
                <Badge tone={stats.isError ? 'bad' : 'good'}>{stats.isError ? 'No answer' : 'Live'}</Badge>
              </span>
            </div>
            <HeadTiles stats={answer} at={at} />
            <LedgerCard ledger={answer.ledger} />
            <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
              <BufferCard stats={answer} />
              <FlushCard stats={answer} at={at} />
              <ThinningCard stats={answer} />
            </div>
            <CircuitsCard processes={answer.circuits} now={at} />
          </div>
        )}
      </Answered>
      <DeadLettersCard now={at} />
      <div className="grid grid-cols-1 items-start gap-4 2xl:grid-cols-2">
        <ProjectionsCard />
        <QueuesCard now={at} />
        <StorageCard />
        <QueryTimesCard />
      </div>
    </div>
  );
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <Skeleton className="h-6 w-96 max-w-full" />
      <TilesLoading count={4} />
      <Skeleton className="h-[26rem] w-full" />
      <Skeleton className="h-80 w-full" />
    </div>
  );
}
