'use client';
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useHydrated } from '../state/use-hydrated.ts';
import { type Client, useClient } from './client.ts';

interface QuestionOptions {
  /** How often it is asked again while the page is looked at, in ms. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
  /** The server has drawn the page with the answer. */
  readonly drawn?: boolean;
}

/**
 * Asks a question and keeps the former answer on the page until the next one is there. `key` names the question and
 * everything that it depends on.
 */
export function useQuestion<Answer>(
  key: readonly unknown[],
  ask: (client: Client, signal: AbortSignal) => Promise<Answer>,
  { everyMs, enabled = true, drawn = false }: QuestionOptions = {},
): UseQueryResult<Answer> {
  const client = useClient();
  // A part of the page that comes to life late may find an answer that another part has asked for. The server had none.
  const mayAnswer = useHydrated() || drawn;
  return useQuery({
    queryKey: mayAnswer ? key : ['not alive yet'],
    queryFn: ({ signal }) => ask(client, signal),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    enabled: enabled && mayAnswer,
  });
}
