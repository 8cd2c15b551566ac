'use client';
import type { SamplingRule } from '@tallymark/contract/stats';
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextField } from './fields.tsx';

const COLUMNS = [
  { title: 'Event type' },
  { title: 'In the plan', right: true },
  { title: 'In force', right: true },
  { title: 'Actions', silent: true },
];

interface TypeSampling {
  readonly eventType: string;
  readonly plan: SamplingRule;
  readonly runTime: SamplingRule | null;
}

/** Of how many visitors events are kept, by type: what the plan says, and what was set since. */
export function SamplingTab() {
  const list = useQuestion(['sampling.list'], (client, signal) => client.sampling.list.query(undefined, { signal }));
  return (
    <Card
      title="Sampling"
      note="Share of visitors whose events of a type are kept. Reports estimate the whole from it, and say how far they may be off."
    >
      <Answered question={list} loading={<Skeleton className="h-[40dvh] w-full" />}>
        {({ types }) => (
          <DataTable label="Sampling by event type" columns={COLUMNS}>
            {types.map((type) => (
              <TypeRow key={type.eventType} type={type} />
            ))}
          </DataTable>
        )}
      </Answered>
    </Card>
  );
}

const written = ({ samplingRate, alwaysKeep }: SamplingRule) =>
  alwaysKeep ? 'all, always' : writeNumber(samplingRate, 'percent');

function TypeRow({ type }: { type: TypeSampling }) {
  const { eventType, plan, runTime } = type;
  const inForce = runTime ?? plan;
  const differs = written(inForce) !== written(plan);
  return (
    <Row>
      <Cell head>{eventType}</Cell>
      <Cell right>{written(plan)}</Cell>
      <Cell right>
        {differs && (
          <span className="mr-2">
            <Badge tone="warn">set here</Badge>
          </span>
        )}
        {written(inForce)}
      </Cell>
      <Cell right>
        <EditSampling type={type} />
      </Cell>
    </Row>
  );
}

function EditSampling({ type: { eventType, plan, runTime } }: { type: TypeSampling }) {
  const [rate, setRate] = useState('');
  const [always, setAlways] = useState(false);
  const save = useAction(
    (client, rule: SamplingRule) => client.sampling.set.mutate({ eventType, ...rule }),
    ['sampling.list'],
  );
  const show = ({ samplingRate, alwaysKeep }: SamplingRule) => {
    setRate(String(samplingRate));
    setAlways(alwaysKeep);
  };
  return (
    <FormDialog
      trigger={
        <Button size="small" aria-label={`Change the sampling of ${eventType}`}>
          <Pencil aria-hidden /> Change
        </Button>
      }
      title={`Sampling of ${eventType}`}
      note="In force everywhere within a second or two. What is not kept cannot be had back."
      submit="Save"
      pending={save.isPending}
      error={save.error}
      onOpen={() => {
        show(runTime ?? plan);
        save.reset();
      }}
      onSubmit={(close) => save.mutate({ samplingRate: Number(rate), alwaysKeep: always }, { onSuccess: close })}
    >
      <TextField
        label="Visitors whose events are kept, in per cent"
        type="number"
        required
        min={0}
        max={100}
        step="any"
        disabled={always}
        value={rate}
        onChange={({ target }) => setRate(target.value)}
      />
      <label className="inline-flex items-center gap-2">
        <input
          type="checkbox"
          className="accent-(--primary)"
          checked={always}
          onChange={({ target }) => setAlways(target.checked)}
        />
        Keep all of them, whatever the rate
      </label>
      <div>
        <Button size="small" onClick={() => show(plan)}>
          As in the plan: {written(plan)}
        </Button>
      </div>
    </FormDialog>
  );
}
