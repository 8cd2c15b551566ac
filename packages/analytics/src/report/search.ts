import type { ParsedSearchInput, SearchAnswer } from '@tallymark/contract/reports/search';
import type { StoredEvent } from '@tallymark/prisma/stores/report-event-columns';
import { type EventPlace, findEvents } from '@tallymark/prisma/stores/report-search';
import type { EventConditions, SearchPeriod } from '@tallymark/prisma/stores/report-search-conditions';
import { planFacts } from '../project/plan-facts.ts';
import { propTests, typesWithProps } from './prop-filter.ts';
import type { ReportReader } from './report-database.ts';
import type { ReportDeps } from './report-deps.ts';
import { ReportError } from './report-error.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { cursorOf, digestOf, placeOf } from './search-cursor.ts';
import { foundEvents } from './search-rows.ts';
import { cutOff, edgeOf, isEmpty, nextReach, paceOf, restOf, type SearchPace } from './search-windows.ts';

export type SearchQuestion = Omit<ParsedSearchInput, keyof QuestionScope | 'siteId' | 'segmentId'>;

/**
 * One page of the events that meet all conditions. A page begins behind the last event of the one before, so that none
 * appears twice and none that was there is skipped, whatever is stored meanwhile. Events older than the place that the
 * reader has come to, newer in the other order, are not found by going on.
 * @throws ReportError `invalid_input` for props that the types do not have and for a cursor of another search
 */
export async function askSearch(
  deps: ReportDeps,
  scope: QuestionScope,
  question: SearchQuestion,
  pace?: SearchPace,
): Promise<SearchAnswer> {
  const asked = conditionsOf(deps, scope, question);
  const { order, limit, cursor } = question;
  const { versions: _ofThePlan, ...conditions } = asked;
  const digest = digestOf({ ...conditions, from: scope.from, to: scope.to, order });
  const after = cursor === undefined ? null : placeOf(cursor, digest);
  const search: Search = { asked, order, limit, after, pace: pace ?? paceOf(asked) };
  const { scope: told, ...page } = await deps.reports.answer('events.search', async (db) => ({
    scope: answered(scope),
    ...(await findPage(db, scope, search)),
  }));
  const { found, next, scannedTo } = page;
  return {
    scope: told,
    events: foundEvents(deps, found),
    nextCursor: next && cursorOf(next, digest),
    scannedTo: scannedTo?.toISOString() ?? null,
  };
}

interface Search {
  readonly asked: EventConditions;
  readonly order: 'newest' | 'oldest';
  readonly limit: number;
  readonly after: EventPlace | null;
  readonly pace: SearchPace;
}

interface Page {
  readonly found: StoredEvent[];
  /** Behind which the next page begins. */
  readonly next: EventPlace | null;
  readonly scannedTo: Date | null;
}

async function findPage(db: ReportReader, period: SearchPeriod, search: Search): Promise<Page> {
  const { asked, order, limit, after, pace } = search;
  const begun = performance.now();
  const found: StoredEvent[] = [];
  let rest = restOf(period, order, after);
  let reach = pace.firstMs;
  while (!isEmpty(rest)) {
    const { look, left } = cutOff(rest, order, reach);
    const started = performance.now();
    // One more than the page holds tells whether there is another.
    found.push(...(await findEvents(db, asked, { ...look, order, after, limit: limit + 1 - found.length })));
    if (found.length > limit) return { found: found.slice(0, limit), next: found[limit - 1] ?? null, scannedTo: null };
    if (isEmpty(left)) break;
    if (performance.now() - begun >= pace.budgetMs) {
      const edge = edgeOf(left, order);
      return { found, next: edge, scannedTo: edge.occurredAt };
    }
    reach = nextReach(reach, performance.now() - started, pace);
    rest = left;
  }
  return { found, next: null, scannedTo: null };
}

function conditionsOf({ plan }: ReportDeps, scope: QuestionScope, question: SearchQuestion): EventConditions {
  const { eventType, eventTypes } = question;
  if (eventType !== undefined && eventTypes !== undefined) {
    throw new ReportError('invalid_input', 'Give "eventType" or "eventTypes", not both.');
  }
  const named = eventType === undefined ? (eventTypes ?? null) : [eventType];
  const props = propTests(plan, named, question.props);
  const types = typesWithProps(plan, named, props);
  return {
    siteId: scope.siteId,
    bots: scope.bots,
    filter: scope.filter,
    eventTypes: types && [...new Set(types)].sort(),
    source: question.source ?? null,
    service: question.service ?? null,
    entityType: question.entityType ?? null,
    entityId: question.entityId ?? null,
    actorId: question.actorId ?? null,
    visitorId: question.visitorId ?? null,
    sessionId: question.sessionId ?? null,
    workedOutSessionId: question.workedOutSessionId ?? null,
    props,
    versions: planFacts(plan).versions,
  };
}
