'use client';
import type { OpsProjections } from '@tallymark/contract/reports/ops';
import { useAction } from '../../data/use-action.ts';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';

type Projection = OpsProjections['projections'][number];

const TONES = { running: 'good', retrying: 'warn', failed: 'bad', rebuilding: 'plain' } as const;
const PHASES = {
  facts: 'comparing facts with events',
  fold: 'folding aside',
  compare: 'comparing and swapping',
} as const;
const CHANGES = ['ops.projections', 'projections.rebuilds'];
const figure = 'py-1.5 pl-4 text-right whitespace-nowrap';

/** One projection: how far it is, its rebuild where there is one, and the buttons for it. */
export function ProjectionRow({ projection }: { projection: Projection }) {
  const { name, state, changesBehind, secondsBehind, folded, perSecond, lastError, rebuild } = projection;
  return (
    <>
      <tr className="border-t first:border-0">
        <th scope="row" className="py-1.5 text-left">
          {name}
        </th>
        <td className="py-1.5 pl-4">
          <Badge tone={TONES[state]}>{state}</Badge>
        </td>
        <td className={figure}>
          {changesBehind === 0 && secondsBehind === 0
            ? 'none'
            : `${writeCount(changesBehind)} · ${writeNumber(secondsBehind, 'seconds')}`}
        </td>
        <td className={figure}>{writeCount(folded)}</td>
        <td className={figure}>{perSecond === null ? '–' : writeNumber(perSecond, 'count')}</td>
        <td className="py-1.5 pl-4 text-right whitespace-nowrap">
          <Actions name={name} state={state} />
        </td>
      </tr>
      {(lastError || rebuild) && (
        <tr>
          <td colSpan={6} className="pb-2 text-xs">
            {rebuild && <Progress name={name} rebuild={rebuild} />}
            {lastError && <p className="max-w-prose break-words text-bad">{lastError}</p>}
          </td>
        </tr>
      )}
    </>
  );
}

function Actions({ name, state }: Pick<Projection, 'name' | 'state'>) {
  const rebuild = useAction((client, _: undefined) => client.projections.rebuild.mutate({ name }), CHANGES);
  const cancel = useAction((client, _: undefined) => client.projections.cancelRebuild.mutate({ name }), CHANGES);
  const resume = useAction((client, _: undefined) => client.projections.resume.mutate({ name }), CHANGES);
  const failed = [rebuild, cancel, resume].find(({ isError }) => isError);
  const busy = rebuild.isPending || cancel.isPending || resume.isPending;
  return (
    <span className="inline-flex items-center gap-2">
      {failed?.error && (
        <span role="alert" className="max-w-64 text-xs whitespace-normal text-bad">
          {failed.error.message}
        </span>
      )}
      {state === 'failed' && (
        <Button size="small" disabled={busy} aria-label={`Continue ${name}`} onClick={() => resume.mutate(undefined)}>
          Continue
        </Button>
      )}
      {state === 'rebuilding' ? (
        <Button
          size="small"
          variant="danger"
          disabled={busy}
          aria-label={`Cancel the rebuild of ${name}`}
          onClick={() => cancel.mutate(undefined)}
        >
          Cancel
        </Button>
      ) : (
        <Button size="small" disabled={busy} aria-label={`Rebuild ${name}`} onClick={() => rebuild.mutate(undefined)}>
          Rebuild
        </Button>
      )}
    </span>
  );
}

function Progress({ name, rebuild }: { name: string; rebuild: NonNullable<Projection['rebuild']> }) {
  const { phase, processed, total } = rebuild;
  const percent = total ? Math.min(100, Math.round((processed / total) * 100)) : null;
  return (
    <div className="flex items-center gap-3">
      <progress
        className="h-1.5 w-40 accent-(--primary)"
        aria-label={`Rebuild of ${name}`}
        max={100}
        {...(percent !== null && { value: percent })}
      />
      <span className="text-muted-foreground">
        {PHASES[phase]}: {writeCount(processed)}
        {total !== null && ` of about ${writeCount(total)}`}
      </span>
    </div>
  );
}
