'use client';
import type { UseInfiniteQueryResult, UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed } from '../ui/states.tsx';

interface AnsweredProps<Answer> {
  readonly question: UseQueryResult<Answer> | UseInfiniteQueryResult<Answer>;
  /** What stands there meanwhile, in the size of the answer. */
  readonly loading: ReactNode;
  readonly children: (answer: Answer) => ReactNode;
}

/** A question's answer, or what stands in its place: loading, or what went wrong. Beside an older answer a dot says that the next is on its way: it stays as readable as it was. */
export function Answered<Answer>({ question, loading, children }: AnsweredProps<Answer>) {
  const { data, error, isPlaceholderData, refetch } = question;
  if (error && data === undefined) return <Failed error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div aria-busy="true">
        <span className="sr-only">Loading</span>
        {loading}
      </div>
    );
  }
  return (
    <div className="relative" aria-busy={isPlaceholderData}>
      {isPlaceholderData && (
        <span aria-hidden className="absolute top-1 right-1 z-10 size-2 animate-pulse rounded-full bg-primary" />
      )}
      {children(data)}
    </div>
  );
}
