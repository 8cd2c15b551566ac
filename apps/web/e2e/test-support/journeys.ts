import { randomUUID } from 'node:crypto';
import { EventEnrichmentService } from '@tallymark/analytics/enrich/service';
import { ProjectionService } from '@tallymark/analytics/project/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { ensurePartitions } from '@tallymark/prisma/stores/partitions';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { pino } from 'pino';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const VISITORS = 40;
const DAYS = 9;
const BROWSER =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36';

/** Of each visitor: the pages of the first visit, of which later ones see fewer, and whether a license is signed. */
const JOURNEYS = [
  { pages: ['/', '/assets', '/pricing'], signs: true },
  { pages: ['/', '/assets', '/pricing'], signs: false },
  { pages: ['/', '/assets'], signs: false },
  { pages: ['/', '/about'], signs: false },
  { pages: ['/pricing', '/'], signs: false },
] as const;

/** Stores visits of the last days, enriched and counted, as the worker process would have. */
export async function storeJourneys(databaseUrl: string, now: Date): Promise<void> {
  const prisma = createPrisma({ databaseUrl, maxConnections: 4, applicationName: 'e2e-journeys' });
  const log = pino({ level: 'silent' });
  try {
    const rows = Array.from({ length: VISITORS }, (_, n) => visitsOf(n, now)).flat();
    await ensurePartitions(prisma, [now, new Date(now.getTime() - (DAYS + 1) * DAY_MS)]);
    await prisma.event.createMany({ data: rows });
    const ids = rows.map(({ id }) => id);
    await new EventEnrichmentService(prisma, null, { log, now: () => now }).enrichEvents(ids);
    await new ProjectionService({ prisma, plan: demoPlan, log, now: () => now }).catchUp();
  } finally {
    await prisma.$disconnect();
  }
}

function visitsOf(n: number, now: Date) {
  const journey = JOURNEYS[n % JOURNEYS.length] ?? JOURNEYS[0];
  const day = 1 + (n % DAYS);
  const first = now.getTime() - day * DAY_MS - n * MINUTE_MS;
  const visit = visitOf(`visitor-${n}`, first, journey.pages, journey.signs);
  // Every third comes back the next day, where there was one.
  return n % 3 === 0 && day > 1 ? [...visit, ...visitOf(`visitor-${n}`, first + DAY_MS, ['/'], false)] : visit;
}

function visitOf(visitorId: string, begin: number, pages: readonly string[], signs: boolean) {
  const sessionId = randomUUID();
  const row = (minute: number, eventType: string, schemaVersion: number, propsJson: Record<string, string>) => {
    const occurredAt = new Date(begin + minute * MINUTE_MS);
    const id = uuidV7(occurredAt.getTime());
    return {
      id,
      eventType,
      schemaVersion,
      occurredAt,
      receivedAt: occurredAt,
      visitorId,
      sessionId,
      propsJson,
      userAgent: BROWSER,
    };
  };
  const views = pages.map((path, minute) => row(minute, 'page_viewed', 2, { path }));
  if (!signs) return views;
  const signed = { signedBy: visitorId, signatureMethod: 'drawn' };
  return [...views, { ...row(pages.length, 'license_signed', 1, signed), entityType: 'license', entityId: sessionId }];
}
