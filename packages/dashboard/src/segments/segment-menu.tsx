'use client';
import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { useSite } from '../data/use-site.ts';
import { useScope } from '../state/use-scope.ts';
import { Button } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { SaveSegment } from './save-segment.tsx';
import { SegmentList } from './segment-list.tsx';
import { useSegments } from './use-segments.ts';

/** Picks the segment that the whole dashboard is about, and saves the filters that are on as one. */
export function SegmentMenu() {
  const { state, setState } = useScope();
  const [open, setOpen] = useState(false);
  const segments = useSegments();
  const site = useSite();
  const picked = segments.data?.segments.find(({ id }) => id === state.segment);
  const name = picked?.name ?? (state.segment === null ? 'All events' : segments.data ? 'Unknown segment' : 'Loading…');
  const mayChange = site !== null && site.role !== 'viewer';
  const pick = (segment: string | null) => {
    setOpen(false);
    void setState({ segment });
  };
  return (
    <Popover
      label="Segments"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button aria-label={`Segment: ${name}`}>
          <Bookmark aria-hidden className={state.segment ? 'fill-primary text-primary' : undefined} />
          <span className="max-w-32 truncate">{name}</span>
        </Button>
      }
    >
      <SegmentList segments={segments} picked={state.segment} mayRemove={mayChange} onPick={pick} />
      {mayChange && (
        <SaveSegment
          filter={state.f}
          onSaved={(id) => {
            setOpen(false);
            void setState({ segment: id, f: [] });
          }}
        />
      )}
    </Popover>
  );
}
