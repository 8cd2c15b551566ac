'use client';
import { EVENT_SOURCES } from '@tallymark/contract/event-input';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import { PropConditions } from './prop-conditions.tsx';
import type { ChangeSearch, SearchState } from './use-search.ts';

interface SearchFormProps {
  readonly search: SearchState;
  readonly onChange: ChangeSearch;
}

const ANY = 'any';
const SOURCES = [
  { value: ANY, label: 'Any source' },
  ...EVENT_SOURCES.map((source) => ({ value: source as string, label: source })),
];
const ORDERS = [
  { value: 'newest', label: 'Newest first' },
  { value: 'oldest', label: 'Oldest first' },
] as const;
const TEXTS = [
  { field: 'entityId', label: 'Entity ID' },
  { field: 'actorId', label: 'Actor ID' },
  { field: 'visitorId', label: 'Visitor ID' },
  { field: 'sessionId', label: 'Session ID' },
] as const;
const NOTHING = {
  eventType: null,
  source: null,
  service: null,
  entityType: null,
  entityId: null,
  actorId: null,
  visitorId: null,
  sessionId: null,
  props: null,
};

/** What to search for; each field takes effect as it is left. */
export function SearchForm({ search, onChange }: SearchFormProps) {
  const types = useSuggestions('event_type');
  const services = useSuggestions('service');
  const entities = useSuggestions('entity_type');
  const field = (name: Exclude<keyof typeof NOTHING, 'props'>, label: string, suggestions?: readonly string[]) => (
    <SuggestInput
      key={name}
      label={label}
      labelled
      placeholder="any"
      value={search[name] ?? ''}
      {...(suggestions && { suggestions })}
      onCommit={(value) => void onChange({ [name]: value || null })}
    />
  );
  const { order: _order, props, ...conditions } = search;
  const asked = props.length > 0 || Object.values(conditions).some(Boolean);
  return (
    <search className="rounded-lg border bg-card p-4">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
        {field('eventType', 'Event type', types)}
        {field('service', 'Service', services)}
        {field('entityType', 'Entity type', entities)}
        {TEXTS.map(({ field: name, label }) => field(name, label))}
        <div>
          <span aria-hidden className="mb-1 block text-xs text-muted-foreground">
            Source
          </span>
          <Select
            label="Source"
            value={search.source ?? ANY}
            options={SOURCES}
            onChange={(source) => void onChange({ source: EVENT_SOURCES.find((one) => one === source) ?? null })}
          />
        </div>
      </div>
      <PropConditions conditions={search.props} onChange={(props) => void onChange({ props })} />
      <div className="mt-3 flex flex-wrap justify-between gap-2">
        <Select
          label="Order"
          value={search.order as 'newest' | 'oldest'}
          options={ORDERS}
          onChange={(order) => void onChange({ order })}
        />
        <Button variant="ghost" disabled={!asked} onClick={() => void onChange(NOTHING)}>
          Clear the search
        </Button>
      </div>
    </search>
  );
}
