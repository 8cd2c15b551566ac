'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { writeAgo, writeMoment } from '../../format/times.ts';
import { usePageHref } from '../../shell/base-path.ts';
import { useMinute } from '../../state/use-minute.ts';
import { filterWords } from './filter-summary.ts';
import { moreLink } from './more-link.ts';
import {
  conditionWords,
  unitOfSource,
  watchedWords,
  writeFigure,
  writeMinutes,
  writeWeekChange,
} from './rule-words.ts';
import { StateBadge } from './state-badge.tsx';

/** A rule that fires or fails: the figure that decided beside what it was held against, and since when. */
export function ActiveAlert({ alert }: { alert: Alert }) {
  const { name, source, condition, since, error, windowMinutes, coolDownMinutes, webhookUrl, deliveryError } = alert;
  const minute = useMinute();
  const href = usePageHref();
  const unit = unitOfSource(source);
  const more = moreLink(alert);
  return (
    <li className="flex flex-col gap-3 rounded-lg border bg-card p-4">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="min-w-0 text-sm font-semibold break-words">{name}</h2>
        <span className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground">
          <StateBadge alert={alert} />
          {since && (
            <span>
              since <time dateTime={since}>{writeMoment(since)}</time>,{' '}
              {writeAgo(since, Math.max(minute, Date.parse(since)))}
            </span>
          )}
        </span>
      </header>
      {error === null ? <Measured alert={alert} /> : <p className="text-sm break-words text-warn">{error}</p>}
      <p className="text-xs text-muted-foreground">
        {[watchedWords(source), filterWords(source)].filter(Boolean).join(', ')}
        {source.kind === 'question' && ` of the last ${writeMinutes(windowMinutes)}`}; fires when it{' '}
        {conditionWords(condition, unit)}. Told again after {writeMinutes(coolDownMinutes)} while it lasts
        {webhookUrl ? ', to the webhook too' : ''}.
      </p>
      {deliveryError && <p className="text-xs break-words text-bad">The webhook did not take it: {deliveryError}</p>}
      <Link
        href={href(more.path) + (more.search && `?${more.search}`)}
        prefetch={false}
        className="inline-flex items-center gap-1 self-start text-sm text-primary hover:underline"
      >
        More on {more.title} <ArrowRight className="size-4" aria-hidden />
      </Link>
    </li>
  );
}

function Measured({ alert }: { alert: Alert }) {
  const { source, condition, value, reference } = alert;
  const unit = unitOfSource(source);
  const change = writeWeekChange(alert);
  const limit =
    condition.kind === 'change'
      ? { name: 'A week before', figure: reference === null ? 'no figure' : writeFigure(reference, unit) }
      : 'than' in condition && { name: 'Threshold', figure: writeFigure(condition.than, unit) };
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2">
      <div>
        <dt className="text-xs text-muted-foreground">{watchedWords(source)}</dt>
        <dd className="text-xl font-semibold tracking-tight text-bad">
          {value === null ? 'No data' : writeFigure(value, unit)}
          {condition.kind === 'change' && change && <span className="ml-2 text-sm font-normal">{change}</span>}
        </dd>
      </div>
      {limit && (
        <div>
          <dt className="text-xs text-muted-foreground">{limit.name}</dt>
          <dd className="text-xl tracking-tight">{limit.figure}</dd>
        </div>
      )}
    </dl>
  );
}
