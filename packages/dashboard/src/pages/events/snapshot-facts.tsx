'use client';
import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import type { ReactNode } from 'react';
import { writeNumber } from '../../format/numbers.ts';
import { ObjectFacts } from './facts.tsx';

/** What the entity looked like when the event happened, or why nobody knows. */
export function SnapshotFacts({ snapshot }: Pick<EventDetailAnswer, 'snapshot'>) {
  if (!snapshot) return <Note>There is none: the event has no entity, or nothing reads entities of its type.</Note>;
  if (snapshot.state === 'deleted') return <Note>The entity was deleted before it could be looked at.</Note>;
  if (snapshot.state === 'unknown') return <Note>Nobody has ever seen the entity.</Note>;
  return (
    <>
      <ObjectFacts object={snapshot.entity} empty="The entity has no fields." />
      <Note>
        {snapshot.inTransaction
          ? 'Read inside the transaction that tracked the event'
          : `Read ${writeNumber(snapshot.ageMs, 'ms')} after the event`}
      </Note>
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <p className="mt-1 text-xs text-muted-foreground">{children}</p>;
}
