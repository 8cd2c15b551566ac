'use client';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Client, useClient } from './client.ts';

/** Does something, and then asks again the questions whose key begins with one of `changes`. */
export function useAction<Input, Result>(
  act: (client: Client, input: Input) => Promise<Result>,
  changes: readonly string[],
): UseMutationResult<Result, Error, Input> {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => act(client, input),
    onSettled: () => Promise.all(changes.map((question) => queryClient.invalidateQueries({ queryKey: [question] }))),
  });
}
