import type { FoundEvent } from '@tallymark/contract/reports/search';
import type { StoredEvent } from '@tallymark/prisma/stores/report-event-columns';
import { upcastProps } from '../project/plan-facts.ts';
import type { ReportDeps } from './report-deps.ts';

/** Stored events as answers tell them, with props as today's plan has them. */
export function foundEvents(
  { plan, log }: Pick<ReportDeps, 'plan' | 'log'>,
  rows: readonly StoredEvent[],
): FoundEvent[] {
  const events = rows.map((row) => ({ ...row, props: unmarked(row.props) }));
  const outdated = events.filter(({ eventType, schemaVersion }) => {
    const version = Object.hasOwn(plan.types, eventType) ? (plan.types[eventType]?.version ?? 1) : 0;
    return schemaVersion < version;
  });
  const upcast = upcastProps(plan, outdated, log);
  return events.map((event) => ({
    ...event,
    occurredAt: event.occurredAt.toISOString(),
    receivedAt: event.receivedAt.toISOString(),
    props: (upcast.get(event.id) as FoundEvent['props'] | undefined) ?? event.props,
  }));
}

/** Props as the event had them before it was marked as a duplicate. */
export function unmarked(props: StoredEvent['props']): StoredEvent['props'] {
  const { _duplicate, _duplicateOf, ...own } = props;
  return own;
}
