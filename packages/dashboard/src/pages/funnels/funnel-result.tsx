'use client';
import type { Dimension } from '@tallymark/contract/reports/dimensions';
import type { FunnelStep } from '@tallymark/contract/reports/funnel';
import { FunnelChart } from '../../charts/funnel-chart.tsx';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeField } from '../../filters/filter-words.ts';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { useScope } from '../../state/use-scope.ts';
import { Card } from '../../ui/card.tsx';
import { IncompleteNote } from '../../ui/incomplete-note.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { BreakdownTable } from './breakdown-table.tsx';
import { StepTable } from './step-table.tsx';
import { writeStep } from './use-funnel.ts';

interface FunnelResultProps {
  readonly steps: readonly FunnelStep[];
  readonly windowSeconds: number;
  readonly breakdown: Dimension | null;
}

/** How many visitors reach each step, where they are lost, and how long they take. */
export function FunnelResult({ steps, windowSeconds, breakdown }: FunnelResultProps) {
  const { scope } = useScope();
  const input = { ...scope, steps: [...steps], windowSeconds, ...(breakdown && { breakdown }) };
  const funnel = useQuestion(['stats.funnel', input], (client, signal) => client.stats.funnel.query(input, { signal }));
  const names = steps.map(writeStep);
  return (
    <Answered question={funnel} loading={<Skeleton className="h-[30rem] w-full" />}>
      {(answer) => (
        <div className="grid grid-cols-1 gap-4">
          <Card
            title={
              answer.conversion === null
                ? 'Nobody took the first step'
                : `${writeNumber(answer.conversion * 100, 'percent')} of visitors take all steps`
            }
            note={`${writeCount(answer.steps.at(-1)?.visitors ?? 0)} of ${writeCount(answer.steps[0]?.visitors ?? 0)} visitors`}
          >
            <IncompleteNote before={answer.incompleteBefore} />
            {answer.conversion === null ? (
              <Empty title="No visitor took the first step in this period">
                Choose a longer period, or a step that more visitors take.
              </Empty>
            ) : (
              <>
                <FunnelChart
                  steps={answer.steps.map(({ step, visitors }, n) => ({ name: names[n] ?? `Step ${step}`, visitors }))}
                />
                <StepTable names={names} steps={answer.steps} />
              </>
            )}
            {answer.eventsWithoutVisitor > 0 && (
              <p className="mt-3 text-xs text-muted-foreground">
                {writeCount(answer.eventsWithoutVisitor)} events would be a step but have no visitor, so that they are
                in no funnel.
              </p>
            )}
          </Card>
          {answer.breakdown && breakdown && (
            <Card title={`By ${writeField(breakdown)}`} note="As the first step has it">
              <BreakdownTable of={writeField(breakdown)} names={names} parts={answer.breakdown} />
            </Card>
          )}
        </div>
      )}
    </Answered>
  );
}
