'use client';
import { ListFilter, X } from 'lucide-react';
import { useState } from 'react';
import { useQuestion } from '../../data/use-question.ts';
import { useSite } from '../../data/use-site.ts';
import { ConditionForm } from '../../filters/condition-form.tsx';
import { writeCondition } from '../../filters/filter-words.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { SelectField } from './field.tsx';
import type { RuleForm } from './use-rule-form.ts';

const WHO = [
  { value: 'exclude', label: 'People' },
  { value: 'include', label: 'People and bots' },
  { value: 'only', label: 'Bots' },
] as const;
const EVERYTHING = '*';

/** Which events count: those that meet the conditions, of a segment, of people or of bots. */
export function NarrowingFields({ form: { draft, problems, set } }: { form: RuleForm }) {
  const segments = useSegmentOptions(draft.segmentId);
  return (
    <>
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
        <SelectField label="Who is counted" value={draft.bots} options={WHO} onChange={(bots) => set({ bots })} />
        {segments.length > 1 && (
          <SelectField
            label="Segment"
            value={draft.segmentId ?? EVERYTHING}
            options={segments}
            onChange={(picked) => set({ segmentId: picked === EVERYTHING ? null : picked })}
          />
        )}
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        <Conditions form={{ draft, set }} />
        {problems.filter && (
          <p role="alert" className="w-full text-xs text-bad">
            {problems.filter}
          </p>
        )}
      </div>
    </>
  );
}

function Conditions({ form: { draft, set } }: { form: Pick<RuleForm, 'draft' | 'set'> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {draft.filter.length > 0 && (
        <ul aria-label="Conditions" className="contents">
          {draft.filter.map((condition, at) => (
            <li
              key={writeCondition(condition)}
              className="inline-flex min-h-7 max-w-full items-center gap-1 rounded-full border bg-accent pr-1 pl-3 text-xs"
            >
              <span className="min-w-0 truncate">{writeCondition(condition)}</span>
              <button
                type="button"
                aria-label={`Remove the condition ${writeCondition(condition)}`}
                className="rounded-full p-1 hover:bg-muted"
                onClick={() => set({ filter: draft.filter.filter((_, n) => n !== at) })}
              >
                <X className="size-3" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Popover
        label="Add a condition"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button size="small">
            <ListFilter aria-hidden /> Add a condition
          </Button>
        }
      >
        <ConditionForm
          onAdd={(condition) => {
            const others = draft.filter.filter((one) => writeCondition(one) !== writeCondition(condition));
            set({ filter: [...others, condition] });
            setOpen(false);
          }}
        />
      </Popover>
    </>
  );
}

function useSegmentOptions(picked: string | null) {
  const siteId = useSite()?.siteId;
  const { data } = useQuestion(
    ['stats.segments.list', siteId],
    (client, signal) => client.stats.segments.list.query({ ...(siteId && { siteId }) }, { signal }),
    { enabled: siteId !== undefined },
  );
  const known = (data?.segments ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const lost = picked !== null && !known.some(({ value }) => value === picked);
  return [
    { value: EVERYTHING, label: 'All events' },
    ...known,
    ...(lost ? [{ value: picked, label: data ? 'A segment that was removed' : 'Segment' }] : []),
  ];
}
