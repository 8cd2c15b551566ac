'use client';
import type { CircuitStatus, ProcessCircuits } from '@tallymark/contract/circuits';
import { writeCount } from '../../format/numbers.ts';
import { writeAgo } from '../../format/times.ts';
import { Badge } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Empty } from '../../ui/states.tsx';

const STATES = {
  closed: { tone: 'good', word: 'Closed' },
  half_open: { tone: 'warn', word: 'Half open' },
  open: { tone: 'bad', word: 'Open' },
} as const;
const AROUND: Readonly<Record<CircuitStatus['circuit'], string>> = { writes: 'Writes', reports: 'Reports' };
const cell = 'py-1.5 pr-4 align-top';

interface CircuitsCardProps {
  readonly processes: readonly ProcessCircuits[];
  /** The present, in ms. */
  readonly now: number;
}

/** Which processes have stopped asking a Postgres that does not answer them. */
export function CircuitsCard({ processes, now }: CircuitsCardProps) {
  return (
    <Card
      title="Circuit breakers"
      note="Closed: calls go through. Open: they are refused at once, until one that probes goes through."
    >
      {processes.length === 0 ? (
        <Empty title="No process tells">
          Redis, where processes tell how they are, has nothing of the last half minute.
        </Empty>
      ) : (
        <ScrollRegion wide label="Circuit breakers">
          <table className="w-full text-sm" aria-label="Circuit breakers">
            <thead>
              <tr className="border-b text-left text-xs text-muted-foreground">
                {['Process', 'Around', 'State', 'Since', 'Opened', 'Last failure'].map((name) => (
                  <th key={name} scope="col" className="pr-4 pb-1 whitespace-nowrap">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {processes.flatMap(({ process, circuits }) =>
                circuits.map((status) => (
                  <CircuitRow key={`${process} ${status.circuit}`} process={process} status={status} now={now} />
                )),
              )}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Card>
  );
}

function CircuitRow({ process, status, now }: { process: string; status: CircuitStatus; now: number }) {
  const { circuit, state, since, opened, lastFailure } = status;
  const { tone, word } = STATES[state];
  return (
    <tr className="border-b last:border-0">
      <th scope="row" className={`${cell} text-left font-normal whitespace-nowrap`}>
        {process}
      </th>
      <td className={cell}>{AROUND[circuit]}</td>
      <td className={`${cell} whitespace-nowrap`}>
        <Badge tone={tone}>{word}</Badge>
      </td>
      <td className={`${cell} whitespace-nowrap`}>{writeAgo(since, now)}</td>
      <td className={`${cell} whitespace-nowrap`}>{opened === 0 ? 'never' : `${writeCount(opened)} ×`}</td>
      <td className={`${cell} min-w-56 text-xs break-words`}>
        {lastFailure ? (
          <>
            <span className="text-muted-foreground">{writeAgo(lastFailure.at, now)}: </span>
            {lastFailure.reason}
          </>
        ) : (
          <span className="text-muted-foreground">none since it started</span>
        )}
      </td>
    </tr>
  );
}
