'use client';
import { Pause, Play } from 'lucide-react';
import { writeCount } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/states.tsx';
import type { LiveLine } from './live-log.ts';
import { LiveRow } from './live-row.tsx';

interface LiveStreamProps {
  readonly lines: readonly LiveLine[];
  /** Those that are shown; none for all. */
  readonly types: readonly string[];
  readonly paused: boolean;
  /** Lines that came since the pause. */
  readonly waiting: number;
  readonly onPause: () => void;
}

const ROWS = 100;

/** The events as they come in, the newest first. */
export function LiveStream({ lines, types, paused, waiting, onPause }: LiveStreamProps) {
  const shown = lines
    .filter((line) => line.kind !== 'event' || types.length === 0 || types.includes(line.event.eventType))
    .slice(0, ROWS);
  return (
    <Card
      title="Stream"
      note="Events as they are accepted, bots among them"
      actions={
        <Button onClick={onPause} aria-pressed={paused}>
          {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
          {paused ? `Go on${waiting > 0 ? ` (${writeCount(waiting)} new)` : ''}` : 'Pause'}
        </Button>
      }
    >
      <div className="min-h-[24rem] overflow-x-auto">
        {shown.length === 0 ? (
          <Empty title="No event yet">The next one that is accepted appears here.</Empty>
        ) : (
          <table className="text-sm">
            <thead>
              <tr className="border-b text-left text-xs text-muted-foreground">
                <th scope="col" className="py-1 pr-4">
                  Received
                </th>
                <th scope="col" className="py-1 pr-4">
                  Event
                </th>
                <th scope="col" className="py-1 pr-4">
                  Page or entity
                </th>
                <th scope="col" className="hidden py-1 pr-4 sm:table-cell">
                  Source
                </th>
                <th scope="col" className="hidden py-1 sm:table-cell">
                  Visitor
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <LiveRow key={line.key} line={line} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Card>
  );
}
