'use client';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { type Client, useClient } from './client.ts';

interface QuestionOptions {
  /** How often it is asked again while the page is looked at, in ms. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
}

/**
 * Asks a question and keeps the former answer on the page until the next one is there. `key` names the question and
 * everything that it depends on.
 */
export function useQuestion<Answer>(
  key: readonly unknown[],
  ask: (client: Client, signal: AbortSignal) => Promise<Answer>,
  { everyMs, enabled = true }: QuestionOptions = {},
): UseQueryResult<Answer> {
  const client = useClient();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(client, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    enabled,
  });
}
