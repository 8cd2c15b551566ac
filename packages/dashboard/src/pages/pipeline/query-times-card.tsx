'use client';
import { Answered } from '../../data/answered.tsx';
import { writeCount, writeNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { FigureTable } from './figure-table.tsx';
import { useQueryTimes } from './questions.ts';

const ms = (value: number) => writeNumber(value, 'ms');

/** How long questions took lately, the slowest first. */
export function QueryTimesCard() {
  const times = useQueryTimes();
  return (
    <Card title="Query times" note="Of the last 1,000 times that each question was asked, the slowest first.">
      <Answered question={times} loading={<Skeleton className="h-80 w-full" />}>
        {({ available, questions }) =>
          questions.length === 0 ? (
            <Empty title={available ? 'No question was asked yet' : 'Redis, which has the times, is away'}>
              {available ? 'Open another page of the dashboard.' : 'Questions are answered all the same.'}
            </Empty>
          ) : (
            <FigureTable
              label="Query times"
              of="Question"
              heads={['Asked', 'Median', 'p95', 'p99', 'Longest']}
              rows={questions.map(({ question, count, p50, p95, p99, max }) => ({
                name: question,
                figures: [writeCount(count, true), ms(p50), ms(p95), ms(p99), ms(max)],
              }))}
            />
          )
        }
      </Answered>
    </Card>
  );
}
