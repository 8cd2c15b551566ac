'use client';
import type { ComparedFigure } from '@tallymark/contract/reports/overview';
import { Answered } from '../../data/answered.tsx';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { useScope } from '../../state/use-scope.ts';
import { classNames } from '../../ui/class-names.ts';
import { Change, Figure } from '../../ui/figure.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { FirstSteps } from './first-steps.tsx';
import { HEADLINE, type HeadlineEntry, type Metric } from './metrics.ts';

interface HeadlineProps {
  readonly metric: Metric;
  readonly onPick: (metric: Metric) => void;
}

/** The period in eight numbers, each beside that of the period before. */
export function Headline({ metric, onPick }: HeadlineProps) {
  const { scope } = useScope();
  const overview = useQuestion(['stats.overview', scope], (client, signal) =>
    client.stats.overview.query(scope, { signal }),
  );
  const grid = 'grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-border sm:grid-cols-4 xl:grid-cols-8';
  return (
    <Answered
      question={overview}
      loading={
        <div className={grid}>
          {HEADLINE.map(({ figure }) => (
            <div key={figure} className="h-[6.5rem] bg-card p-3">
              <Skeleton className="mb-3 h-4 w-16" />
              <Skeleton className="h-6 w-20" />
            </div>
          ))}
        </div>
      }
    >
      {(answer) =>
        answer.since === null ? (
          <FirstSteps />
        ) : (
          <dl className={grid}>
            {HEADLINE.map((entry) => (
              <Tile
                key={entry.figure}
                entry={entry}
                figure={answer[entry.figure]}
                comparable={answer.since !== null && answer.since <= answer.previous.from.slice(0, 10)}
                picked={entry.metric === metric}
                onPick={onPick}
              />
            ))}
          </dl>
        )
      }
    </Answered>
  );
}

interface TileProps {
  readonly entry: HeadlineEntry;
  readonly figure: ComparedFigure;
  /** The site had events all through the period before. */
  readonly comparable: boolean;
  readonly picked: boolean;
  readonly onPick: (metric: Metric) => void;
}

function Tile({ entry: { title, unit, more, metric }, figure, comparable, picked, onPick }: TileProps) {
  return (
    <div className={classNames('h-[6.5rem] bg-card p-3', picked && 'shadow-[inset_0_-2px_0_var(--primary)]')}>
      <dt className="text-xs text-muted-foreground">
        {metric ? (
          <button type="button" aria-pressed={picked} className="hover:underline" onClick={() => onPick(metric)}>
            {title}
          </button>
        ) : (
          title
        )}
      </dt>
      <dd className="truncate text-xl font-semibold tracking-tight">
        <Figure figure={figure} unit={unit} compact />
      </dd>
      <dd className="text-xs text-muted-foreground">
        {figure.previous === 0 || !comparable ? (
          figure.previous === 0 ? (
            'nothing before'
          ) : (
            'no full period before'
          )
        ) : (
          <>
            <Change change={figure.change} more={more} />
            <span className="block truncate">from {writeNumber(figure.previous, unit, true)}</span>
          </>
        )}
      </dd>
    </div>
  );
}
