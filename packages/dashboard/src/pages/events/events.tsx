'use client';
import { RotateCw } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Downloads } from './downloads.tsx';
import { EventList } from './event-list.tsx';
import { EventSheet } from './event-sheet.tsx';
import { SearchForm } from './search-form.tsx';
import { useSearch } from './use-search.ts';

export function Events() {
  const { search, setSearch, input, refresh } = useSearch();
  // Its own address: the detail of an event can be sent to somebody.
  const [open, setOpen] = useQueryState('event', parseAsString.withOptions({ history: 'push' }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <SearchForm search={search} onChange={setSearch} />
      <Card
        title="Events"
        note={
          input.bots === 'include'
            ? 'Everything that is stored, as soon as it is'
            : 'Once they are enriched and counted; those of people and bots together are here at once'
        }
        actions={
          <div className="flex flex-wrap gap-2">
            <Button onClick={refresh}>
              <RotateCw aria-hidden /> Refresh
            </Button>
            <Downloads input={input} />
          </div>
        }
      >
        <EventList input={input} onOpen={(id) => void setOpen(id)} />
      </Card>
      <EventSheet id={open} onOpen={(id) => void setOpen(id)} />
    </div>
  );
}
