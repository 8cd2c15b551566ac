'use client';
import { ArrowDown, ArrowUp, ListFilter, Trash2, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ConditionForm } from '../../filters/condition-form.tsx';
import { writeCondition } from '../../filters/filter-words.ts';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';
import type { DraftStep } from './use-funnel.ts';

interface StepEditorProps {
  /** From 0. */
  readonly place: number;
  readonly of: number;
  readonly step: DraftStep;
  readonly types: readonly string[];
  readonly pages: readonly string[];
  readonly onChange: (step: DraftStep) => void;
  readonly onMove: (to: number) => void;
  /** Missing where there are as few steps as there may be. */
  readonly onRemove?: () => void;
}

/** One step: an event, a page or both, and conditions of its own. */
export function StepEditor({ place, of, step, types, pages, onChange, onMove, onRemove }: StepEditorProps) {
  const [open, setOpen] = useState(false);
  const name = `step ${place + 1}`;
  const set = (field: 'eventType' | 'page', value: string) => {
    const { [field]: _former, ...rest } = step;
    onChange(value === '' ? rest : { ...rest, [field]: value });
  };
  return (
    <li className="flex flex-wrap items-center gap-2">
      <span aria-hidden className="w-5 text-right text-xs text-muted-foreground">
        {place + 1}
      </span>
      <SuggestInput
        className="min-w-32 flex-1"
        label={`Event of ${name}`}
        placeholder="Event type"
        value={step.eventType ?? ''}
        suggestions={types}
        onCommit={(value) => set('eventType', value)}
      />
      <SuggestInput
        className="min-w-32 flex-1"
        label={`Page of ${name}`}
        placeholder="Page; * at its end for all below"
        value={step.page ?? ''}
        suggestions={pages}
        onCommit={(value) => set('page', value)}
      />
      <span className="flex">
        <Popover
          label={`Conditions of ${name}`}
          open={open}
          onOpenChange={setOpen}
          trigger={
            <Button
              variant="ghost"
              size="icon"
              aria-label={`Add a condition to ${name}`}
              disabled={step.eventType === undefined && step.page === undefined}
            >
              <ListFilter aria-hidden />
            </Button>
          }
        >
          <ConditionForm
            onAdd={(condition) => {
              onChange({ ...step, filter: [...step.filter, condition] });
              setOpen(false);
            }}
          />
        </Popover>
        <IconButton label={`Move ${name} up`} disabled={place === 0} onClick={() => onMove(place - 1)}>
          <ArrowUp aria-hidden />
        </IconButton>
        <IconButton label={`Move ${name} down`} disabled={place === of - 1} onClick={() => onMove(place + 1)}>
          <ArrowDown aria-hidden />
        </IconButton>
        <IconButton label={`Remove ${name}`} disabled={!onRemove} onClick={() => onRemove?.()}>
          <Trash2 aria-hidden />
        </IconButton>
      </span>
      {step.filter.length > 0 && (
        <ul aria-label={`Conditions of ${name}`} className="flex w-full flex-wrap gap-1.5 pl-7">
          {step.filter.map((condition, at) => (
            <li
              key={writeCondition(condition)}
              className="inline-flex h-7 items-center gap-1 rounded-full border bg-accent pr-1 pl-3 text-xs"
            >
              {writeCondition(condition)}
              <button
                type="button"
                aria-label={`Remove the condition ${writeCondition(condition)}`}
                className="rounded-full p-1 hover:bg-muted"
                onClick={() => onChange({ ...step, filter: step.filter.filter((_, n) => n !== at) })}
              >
                <X className="size-3" aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly disabled: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

function IconButton({ label, disabled, onClick, children }: IconButtonProps) {
  return (
    <Button variant="ghost" size="icon" aria-label={label} disabled={disabled} onClick={onClick}>
      {children}
    </Button>
  );
}
