'use client';
import { DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import { Link2, Plus } from 'lucide-react';
import { useState } from 'react';
import { useSuggestions } from '../../data/use-suggestions.ts';
import { writeField } from '../../filters/filter-words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Select } from '../../ui/select.tsx';
import { StepEditor } from './step-editor.tsx';
import { type DraftStep, FEWEST_STEPS, MOST_STEPS, type useFunnel, WINDOWS } from './use-funnel.ts';

const WINDOW_WORDS = ['1 hour', '1 day', '7 days', '30 days', '90 days'] as const;
const WINDOW_OPTIONS = WINDOWS.map((seconds, n) => ({ value: String(seconds), label: `Within ${WINDOW_WORDS[n]}` }));
const NO_BREAKDOWN = 'none';
const BREAKDOWN_OPTIONS = [
  { value: NO_BREAKDOWN, label: 'No breakdown' },
  ...DIMENSIONS.map((dimension) => ({ value: dimension as string, label: `By ${writeField(dimension)}` })),
];

/** The steps, in the order they have to be taken in, the window they have to be taken in, and what to break them down by. */
export function FunnelBuilder({ funnel }: { funnel: ReturnType<typeof useFunnel> }) {
  const { steps, windowSeconds, breakdown, changeSteps, setWindow, setBreakdown } = funnel;
  const types = useSuggestions('event_type');
  const pages = useSuggestions('page');
  const change = (at: number, step: DraftStep) =>
    changeSteps((all) => all.map((other, n) => (n === at ? step : other)));
  const swap = (at: number, with_: number) =>
    changeSteps((all) => all.map((step, n) => (n === at ? all[with_] : n === with_ ? all[at] : step) ?? step));
  return (
    <Card
      title="Steps"
      note="Visitors who take them one after another"
      actions={
        <div className="flex flex-wrap gap-2">
          <Select
            label="Window from the first step to the last"
            value={String(windowSeconds)}
            options={WINDOW_OPTIONS}
            onChange={(seconds) => setWindow(Number(seconds))}
          />
          <Select
            label="Breakdown"
            value={breakdown ?? NO_BREAKDOWN}
            options={BREAKDOWN_OPTIONS}
            onChange={(value) => setBreakdown(DIMENSIONS.find((dimension) => dimension === value) ?? null)}
          />
          <CopyLink />
        </div>
      }
    >
      <ol className="grid gap-2">
        {steps.map((step, n) => (
          <StepEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is what stands at its place
            key={n}
            place={n}
            of={steps.length}
            step={step}
            types={types}
            pages={pages}
            onChange={(next) => change(n, next)}
            onMove={(to) => swap(n, to)}
            {...(steps.length > FEWEST_STEPS && {
              onRemove: () => changeSteps((all) => all.filter((_, place) => place !== n)),
            })}
          />
        ))}
      </ol>
      <Button
        className="mt-3"
        disabled={steps.length >= MOST_STEPS}
        onClick={() => changeSteps((all) => [...all, { filter: [] }])}
      >
        <Plus aria-hidden /> Add a step
      </Button>
    </Card>
  );
}

/** The address is the funnel, so that copying it keeps it. */
function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
  };
  return (
    <Button onClick={() => void copy()}>
      <Link2 aria-hidden /> <span role="status">{copied ? 'Link copied' : 'Copy link'}</span>
    </Button>
  );
}
