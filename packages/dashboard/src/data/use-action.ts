'use client';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Client, useClient } from './client.ts';

/** What admins do is entered there. */
const AUDIT_LOG = 'audit.list';

/** Does something, and then asks again the questions whose key begins with one of `changes`, and the audit log. */
export function useAction<Input, Result>(
  act: (client: Client, input: Input) => Promise<Result>,
  changes: readonly string[],
): UseMutationResult<Result, Error, Input> {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => act(client, input),
    onSettled: () =>
      Promise.all([...changes, AUDIT_LOG].map((question) => queryClient.invalidateQueries({ queryKey: [question] }))),
  });
}
