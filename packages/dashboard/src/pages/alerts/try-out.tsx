'use client';
import type { TriedAlert } from '@tallymark/contract/alerts';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { useSite } from '../../data/use-site.ts';
import { type Unit, writeCount } from '../../format/numbers.ts';
import { writeBucket } from '../../format/times.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { isPipelineFigure, unitOf } from './measures.ts';
import { writeMinutes } from './rule-words.ts';
import { TryChart } from './try-chart.tsx';
import type { RuleForm } from './use-rule-form.ts';

const SHOWN = 5;

/** When the rule, as it is written, would have fired in the last seven days. */
export function TryOut({ form }: { form: RuleForm }) {
  const siteId = useSite()?.siteId;
  const [tried, setTried] = useState<{
    readonly of: string;
    readonly threshold: number | null;
    readonly unit: Unit | null;
  } | null>(null);
  const tryOut = useAction(
    (client, { source, condition, windowMinutes }: NonNullable<ReturnType<typeof form.read>>) => {
      const input = { ...(siteId && { siteId }), source, condition, windowMinutes };
      return client.alerts.tryOut.query(input);
    },
    [],
  );
  const { draft } = form;
  if (isPipelineFigure(draft.measure)) {
    return <p className="text-xs text-muted-foreground">Figures of the pipeline have no past to try the rule on.</p>;
  }
  const now = triedPart(draft);
  const start = () => {
    const rule = form.read({ named: false });
    if (!rule) return;
    setTried({
      of: now,
      threshold: 'than' in rule.condition ? rule.condition.than : null,
      unit: unitOf(draft.measure),
    });
    tryOut.mutate(rule, { onError: form.refused });
  };
  return (
    <section aria-label="On the last 7 days" className="grid grid-cols-1 gap-3 rounded-lg border bg-card p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-xs text-muted-foreground">When it would have fired.</p>
        <Button size="small" disabled={tryOut.isPending} onClick={start}>
          Try on the last 7 days
        </Button>
      </div>
      {tryOut.isPending && <Skeleton className="h-[13rem] w-full" />}
      {tryOut.isError && (
        <p className="text-xs text-bad">
          It could not be tried: what is wrong is said at the field, or beside the button that saves.
        </p>
      )}
      {tryOut.data && !tryOut.isPending && tried && (
        <>
          {tried.of !== now && <p className="text-xs text-warn">The rule was changed since: try it again.</p>}
          <TryChart answer={tryOut.data} unit={tried.unit} threshold={tried.threshold} />
          <Fired answer={tryOut.data} />
        </>
      )}
    </section>
  );
}

/** What the answer depends on. */
const triedPart = ({ name: _n, coolDownMinutes: _c, webhookUrl: _w, ...part }: RuleForm['draft']) =>
  JSON.stringify(part);

function Fired({ answer: { fired, stepMinutes } }: { answer: TriedAlert }) {
  const latest = fired.slice(-SHOWN);
  return (
    <div role="status" className="text-xs">
      <p className="font-medium">
        {fired.length === 0 && 'It would not have fired.'}
        {fired.length === 1 && 'It would have fired once.'}
        {fired.length > 1 && `It would have fired ${writeCount(fired.length)} times.`}
        {fired.length > SHOWN && ` The latest ${SHOWN}:`}
      </p>
      <ul>
        {latest.map(({ from, to }) => (
          <li key={from}>
            <time dateTime={from}>{writeBucket(from, 'hour')}</time>
            {to ? (
              <>
                {' to '}
                <time dateTime={to}>{writeBucket(to, 'hour')}</time>
              </>
            ) : (
              ', and lasts'
            )}
          </li>
        ))}
      </ul>
      <p className="text-muted-foreground">
        Looked at every {writeMinutes(stepMinutes)} here; the rule itself is checked once a minute.
      </p>
    </div>
  );
}
