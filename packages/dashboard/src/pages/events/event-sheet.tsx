'use client';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { EventDetail } from './event-detail.tsx';

interface EventSheetProps {
  /** Of the event that is open. */
  readonly id: string | null;
  readonly onOpen: (id: string | null) => void;
}

/** The detail of one event, beside the list; closing it leads back to where the list was. */
export function EventSheet({ id, onOpen }: EventSheetProps) {
  return (
    <Sheet title="Event" open={id !== null} onClose={() => onOpen(null)} className="max-w-2xl">
      <div className="px-4 pt-4 pb-6 sm:px-6">{id !== null && <Asked id={id} onOpen={onOpen} />}</div>
    </Sheet>
  );
}

function Asked({ id, onOpen }: { id: string; onOpen: (id: string) => void }) {
  const { scope } = useScope();
  const input = { ...(scope.siteId && { siteId: scope.siteId }), id };
  const detail = useQuestion(['events.byId', input], (client, signal) => client.events.byId.query(input, { signal }));
  return (
    <Answered question={detail} loading={<Skeleton className="h-[70dvh] w-full" />}>
      {(answer) => <EventDetail detail={answer} onOpen={onOpen} />}
    </Answered>
  );
}
