import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { askBreakdown } from '@tallymark/analytics/report/breakdown';
import { askDaily } from '@tallymark/analytics/report/daily';
import { ReportDatabase } from '@tallymark/analytics/report/report-database';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID, parseSettings } from '@tallymark/contract/settings';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { readLines } from './read-lines.ts';
import { replay } from './replay.ts';

/** A public sample of 10,000 lines of a real site, which is not part of the repository. */
const LOG = process.env.ACCESS_LOG ?? new URL('../../../shared/data/apache_access.log', import.meta.url).pathname;

/** Ten thousand events on their whole way, on a machine that has other tests to do. */
const TIMEOUT_MS = 120_000;

/** What a pipeline of standard text tools prints: a count and a name on each line. */
function counted(pipeline: string): Map<string, number> {
  const printed = execFileSync('bash', ['-c', pipeline], {
    encoding: 'utf8',
    env: { ...process.env, LOG, LC_ALL: 'C' },
  });
  const lines = printed.trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [, count = '', name = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
      return [name, Number(count)];
    }),
  );
}

// Line 8899 is cut off; no tool of either side counts it. Fields between quotes: request, referrer, agent.
const WHOLE = `awk -F'"' 'NF >= 7' "$LOG"`;
const DAYS = `${WHOLE} | awk -F'[][/:]' '{ print $4 "-" $3 "-" $2 }' | sed 's/May/05/' | sort | uniq -c`;
const VISITORS = `${WHOLE} | awk -F'"' '{ split($1, a, " "); print substr(a[4], 2, 2) " " a[1] " " $(NF - 1) }' | sort -u | cut -c1-2 | uniq -c`;
const PAGES = `${WHOLE} | awk -F'"' '{ split($2, r, " "); print r[2] }' | sort | uniq -c | sort -rn | head -20`;
const REFERRERS = `${WHOLE} | awk -F'"' '$4 != "-" { print $4 }' | sort | uniq -c | sort -rn | head -20`;

// Where the sample is not beside the repository there is nothing to compare with.
test.runIf(existsSync(LOG))(
  'daily visitors, top pages and top referrers are what text tools count in the log',
  async () => {
    await using database = await cloneDatabase();
    await using redis = await testRedis();
    const settings = parseSettings({
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      TRACKING_HASH_SALT: 'a salt of the tests',
    });
    const log = createLogger({ level: 'silent', name: 'test' });
    const services = openWorkerServices(settings, { ...studio, name: 'test-reported-log', log });
    const { prisma, eventIngestion } = services;
    try {
      await eventIngestion.start();
      const { lines } = await readLines(LOG);
      const { signal } = new AbortController();
      await replay({ eventIngestion, lines, runId: 'run', keepHistory: true, signal, onProgress: () => {} });
      await eventIngestion.forceFlush();
      const rows = await prisma.event.findMany({ select: { id: true } });
      await new EventEnrichmentService(prisma, null, { log }).enrichEvents(rows.map(({ id }) => id));
      await services.projections.catchUp();

      const deps = {
        reports: new ReportDatabase({ prisma }),
        prisma,
        redis: null,
        plan: demoPlan,
        log,
        now: () => new Date(),
      };
      const scope = {
        siteId: DEFAULT_SITE_ID,
        from: new Date('2015-05-17T00:00:00Z'),
        to: new Date('2015-05-21T00:00:00Z'),
        timeZone: 'UTC',
        bots: 'include' as const,
        filter: [],
      };
      const { days } = await askDaily(deps, scope);
      expect(new Map(days.map(({ day, pageViews }) => [day, pageViews]))).toEqual(counted(DAYS));
      const visitors = [...counted(VISITORS)].map(([day, count]) => [Number(day), count] as const);
      expect(new Map(days.map(({ day, visitors: { value } }) => [Number(day.slice(-2)), value]))).toEqual(
        new Map(visitors),
      );

      const top = async (by: string) => {
        const asked = { by, metric: 'events', eventType: 'page_viewed', limit: 21 } as const;
        const { rows: found } = await askBreakdown(deps, scope, asked);
        return new Map(
          found.flatMap(({ name, value }) => (name === null ? [] : [[name, value] as const])).slice(0, 20),
        );
      };
      const ranks = (counts: ReadonlyMap<string, number>) => [...counts.values()];
      // Names that share the last count may be cut off in another order.
      for (const [by, pipeline] of [
        ['page', PAGES],
        ['prop:referrer', REFERRERS],
      ] as const) {
        const [ours, theirs] = [await top(by), counted(pipeline)];
        expect(ranks(ours), by).toEqual(ranks(theirs));
        const last = ranks(theirs).at(-1) ?? 0;
        for (const [name, count] of ours) if (count > last) expect(theirs.get(name), name).toBe(count);
      }
    } finally {
      await services.close();
    }
  },
  TIMEOUT_MS,
);
