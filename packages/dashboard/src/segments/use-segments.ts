'use client';
import type { ReportFilter } from '@tallymark/contract/reports/filter';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Client, useClient } from '../data/client.ts';
import { useQuestion } from '../data/use-question.ts';
import { useScope } from '../state/use-scope.ts';

/** Saved filters of the site that the page is about. */
export function useSegments() {
  const { scope } = useScope();
  const site = scope.siteId && { siteId: scope.siteId };
  return useQuestion(['stats.segments.list', scope.siteId], (client, signal) =>
    client.stats.segments.list.query({ ...site }, { signal }),
  );
}

/** Saves filters under a name, and takes segments away. */
export function useSegmentChanges() {
  const { scope } = useScope();
  const site = scope.siteId && { siteId: scope.siteId };
  const save = useChange((client, { name, filter }: { name: string; filter: ReportFilter }) =>
    client.stats.segments.save.mutate({ ...site, name, filter }),
  );
  const remove = useChange((client, id: string) => client.stats.segments.remove.mutate({ ...site, id }));
  return { save, remove };
}

function useChange<Input, Answer>(change: (client: Client, input: Input) => Promise<Answer>) {
  const client = useClient();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => change(client, input),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['stats.segments.list'] }),
  });
}
