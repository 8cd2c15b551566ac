'use client';
import { useQuestion } from '../../data/use-question.ts';

/** How often the page asks, while it is looked at. */
const EVERY_MS = 2_000;
const RECENT_REBUILDS = 5;
/** What changes slowly, or is no trifle to measure. */
const SELDOM_MS = 30_000;

export const useStats = () =>
  useQuestion(
    ['eventIngestion.getStats'],
    (client, signal) => client.eventIngestion.getStats.query(undefined, { signal }),
    {
      everyMs: EVERY_MS,
    },
  );

export const useStoringTimes = (siteId?: string) =>
  useQuestion(
    ['pipeline.storingTimes', siteId],
    (client, signal) => client.pipeline.storingTimes.query({ ...(siteId && { siteId }) }, { signal }),
    { everyMs: EVERY_MS },
  );

export const useJobs = () =>
  useQuestion(['jobs.stats'], (client, signal) => client.jobs.stats.query(undefined, { signal }), {
    everyMs: EVERY_MS,
  });

export const useDeduplication = () =>
  useQuestion(
    ['jobs.deduplicationStats'],
    (client, signal) => client.jobs.deduplicationStats.query(undefined, { signal }),
    { everyMs: EVERY_MS },
  );

export const useProjections = () =>
  useQuestion(['ops.projections'], (client, signal) => client.ops.projections.query(undefined, { signal }), {
    everyMs: EVERY_MS,
  });

export const useRebuilds = () =>
  useQuestion(
    ['projections.rebuilds'],
    (client, signal) => client.projections.rebuilds.query({ limit: RECENT_REBUILDS }, { signal }),
    { everyMs: EVERY_MS },
  );

export const useLetterCounts = () =>
  useQuestion(['deadLetters.counts'], (client, signal) => client.deadLetters.counts.query(undefined, { signal }), {
    everyMs: EVERY_MS,
  });

export const useStorage = () =>
  useQuestion(['ops.storage'], (client, signal) => client.ops.storage.query(undefined, { signal }), {
    everyMs: SELDOM_MS,
  });

export const useQueryTimes = () =>
  useQuestion(['ops.queryTimes'], (client, signal) => client.ops.queryTimes.query(undefined, { signal }), {
    everyMs: SELDOM_MS,
  });
