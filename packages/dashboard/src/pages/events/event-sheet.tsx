'use client';
import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { useScope } from '../../state/use-scope.ts';
import { Button } from '../../ui/button.tsx';
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
    <Dialog.Root open={id !== null} onOpenChange={(open) => !open && onOpen(null)}>
      <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
      <Dialog.Content
        aria-describedby={undefined}
        className="fixed inset-y-0 right-0 z-50 w-full max-w-2xl overflow-y-auto border-l bg-background p-4 shadow-lg outline-none sm:p-6"
      >
        <div className="mb-4 flex items-center justify-between gap-4">
          <Dialog.Title className="text-base font-semibold">Event</Dialog.Title>
          <Dialog.Close asChild>
            <Button variant="ghost" size="icon" aria-label="Close the event">
              <X aria-hidden />
            </Button>
          </Dialog.Close>
        </div>
        {id !== null && <Asked id={id} onOpen={onOpen} />}
      </Dialog.Content>
    </Dialog.Root>
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
