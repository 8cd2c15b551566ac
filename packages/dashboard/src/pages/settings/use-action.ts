'use client';
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Client, useClient } from '../../data/client.ts';

/** Something an admin does. The questions whose answers it changes are asked again, the audit log among them. */
export function useAction<Input, Answer>(
  run: (client: Client, input: Input) => Promise<Answer>,
  changes: readonly string[],
): UseMutationResult<Answer, Error, Input> {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation<Answer, Error, Input>({
    mutationFn: (input) => run(client, input),
    onSuccess: async () => {
      const questions = [...changes, 'audit.list'];
      await Promise.all(questions.map((question) => queries.invalidateQueries({ queryKey: [question] })));
    },
  });
}
