import { existsSync, readFileSync } from 'node:fs';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { createLogger } from '@tallymark/analytics/operate/logger';
import { DEFAULT_SITE_ID, parseSettings } from '@tallymark/contract/settings';
import type { PrismaClient } from '@tallymark/prisma/client';
import { addHostsOfSite } from '@tallymark/prisma/stores/sites';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { expect, test } from 'vitest';
import { studio } from '../studio.ts';
import { openWorkerServices } from '../worker.ts';
import { readLines } from './read-lines.ts';
import { replay } from './replay.ts';

const ROOT = new URL('../../', import.meta.url);
/** A public sample of 10,000 lines of a real site, which is not part of the repository. */
const LOG = process.env.ACCESS_LOG ?? new URL('../shared/data/apache_access.log', ROOT).pathname;
const HOSTS = ['semicomplete.com', 'www.semicomplete.com'];

/** Columns of `attribution` and the head of the table in the docs that counts by it. */
const TABLES = { browser: 'browser', os: 'system', deviceType: 'device', channel: 'channel' } as const;
type Column = keyof typeof TABLES;

/** Counts by value, null as it is written in the docs. */
type Counts = Record<string, number>;

async function enrichLog<Result>(
  source: Awaited<ReturnType<typeof readLines>>,
  look: (prisma: PrismaClient) => Promise<Result>,
) {
  await using database = await cloneDatabase();
  await using redis = await testRedis();
  const settings = parseSettings({
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    TRACKING_HASH_SALT: 'a salt of the tests',
    TRACKING_ENABLE_ENRICHMENT: 'false',
  });
  const log = createLogger({ level: 'silent', name: 'test' });
  const services = openWorkerServices(settings, { ...studio, name: 'test-enriched-log', log });
  const { prisma, eventIngestion } = services;
  try {
    await eventIngestion.start();
    await addHostsOfSite(prisma, DEFAULT_SITE_ID, HOSTS);
    const signal = new AbortController().signal;
    await replay({
      eventIngestion,
      lines: source.lines,
      runId: 'run',
      keepHistory: true,
      signal,
      onProgress: () => {},
    });
    await eventIngestion.forceFlush();
    const enrichment = new EventEnrichmentService(prisma, null, { log });
    const rows = await prisma.event.findMany({ select: { id: true } });
    await enrichment.enrichEvents(rows.map(({ id }) => id));
    return await look(prisma);
  } finally {
    await services.close();
  }
}

async function countBy(prisma: PrismaClient, column: Column): Promise<Counts> {
  const groups = await prisma.attribution.groupBy({ by: [column], _count: true });
  return Object.fromEntries(groups.map((group) => [group[column] ?? '–', group._count]));
}

const sessionsOf = (prisma: PrismaClient) =>
  prisma.attribution.count({ where: { sessionJson: { path: ['sequence'], equals: 1 } } });

/** The rows of the table in the docs whose first head is `head`. */
function documented(head: string): Counts {
  const docs = readFileSync(new URL('docs/enrichment.md', ROOT), 'utf8');
  const lines = docs.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\| ${head} +\\| requests`).test(line));
  const counts: Counts = {};
  for (const line of lines.slice(start + 2)) {
    const [, name = '', count = ''] = /^\| (.+?) +\| +([\d,]+) +\|/.exec(line) ?? [];
    if (count === '') break;
    counts[name] = Number(count.replaceAll(',', ''));
  }
  return counts;
}

// Where the sample is not beside the repository there is nothing to reproduce; the test below runs anywhere.
test.runIf(existsSync(LOG))('the sample of a real site gives the counts in docs/enrichment.md', async () => {
  await enrichLog(await readLines(LOG), async (prisma) => {
    for (const [column, head] of Object.entries(TABLES) as [Column, string][]) {
      expect(await countBy(prisma, column), head).toEqual(documented(head));
    }
    const bots = await prisma.attribution.count({ where: { isBot: true } });
    const people = await prisma.attribution.count({ where: { isBot: false } });
    expect({ bot: bots, human: people, sessions: await sessionsOf(prisma) }).toEqual(documented('who'));
  });
});

const AGENTS = {
  firefox: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0',
  iphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  bot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
};
const line = (address: string, minute: number, path: string, referrer: string, agent: string) =>
  `${address} - - [17/May/2015:10:${String(minute).padStart(2, '0')}:00 +0000] "GET ${path} HTTP/1.1" 200 1 "${referrer}" "${agent}"`;

test('a log tells devices, bots, sessions and channels apart', async () => {
  const lines = [
    line('192.0.2.1', 0, '/', 'https://www.google.com/', AGENTS.firefox),
    line('192.0.2.1', 5, '/about', 'http://semicomplete.com/', AGENTS.firefox),
    // More than half an hour later, from a page of the site.
    line('192.0.2.1', 40, '/again', 'http://www.semicomplete.com/about', AGENTS.firefox),
    line('192.0.2.2', 1, '/?utm_source=x&utm_medium=email', '-', AGENTS.iphone),
    line('192.0.2.3', 2, '/robots.txt', '-', AGENTS.bot),
    line('192.0.2.4', 3, '/', 'https://blog.example.net/post', AGENTS.firefox),
  ];
  const source = { lines: asLines(lines), totalBytes: 0, bytesRead: () => 0 };
  await enrichLog(source, async (prisma) => {
    expect(await countBy(prisma, 'browser')).toMatchObject({ Firefox: 4, Safari: 1 });
    expect(await countBy(prisma, 'deviceType')).toMatchObject({ desktop: 4, mobile: 1 });
    expect(await countBy(prisma, 'os')).toMatchObject({ Windows: 4, iOS: 1 });
    expect(await countBy(prisma, 'channel')).toEqual({
      organic_search: 2,
      internal: 1,
      email: 1,
      direct: 1,
      referral: 1,
    });
    expect(await prisma.attribution.count({ where: { isBot: true } })).toBe(1);
    expect(await sessionsOf(prisma)).toBe(5);
  });
});

async function* asLines(lines: readonly string[]) {
  yield* lines;
}
