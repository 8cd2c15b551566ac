import type { EventRow } from '@tallymark/contract/event-row';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import type { PrismaClient } from '@tallymark/prisma/client';
import { insertEvents } from '@tallymark/prisma/stores/insert-events';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { NOW } from './ingestion-world.ts';

/** An event `ms` before `NOW` that equals every other one of its kind, but for what `more` says. */
export function repeatable(ms: number, more: Partial<EventRow> = {}): EventRow {
  const time = NOW.getTime() - ms;
  return {
    id: uuidV7(time),
    tenantId: DEFAULT_TENANT_ID,
    siteId: DEFAULT_SITE_ID,
    eventType: 'asset_viewed',
    schemaVersion: 1,
    source: 'web',
    entityType: 'asset',
    entityId: 'asset',
    sessionId: 'session',
    occurredAt: new Date(time).toISOString(),
    receivedAt: new Date(time).toISOString(),
    propsJson: { view_duration_ms: 1_200 },
    payloadHash: 'payload',
    samplingRate: 100,
    ...more,
  };
}

const ROWS_OF_A_STATEMENT = 1_000;

export async function storeAll(prisma: PrismaClient, rows: readonly EventRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_OF_A_STATEMENT) {
    await insertEvents(prisma, rows.slice(at, at + ROWS_OF_A_STATEMENT), { skipDuplicates: false });
  }
}

/** Marked events and what they repeat, once props and recorded marks are seen to agree. */
export async function marksOf(prisma: PrismaClient): Promise<Map<string, string>> {
  const [events, recorded] = await Promise.all([
    prisma.$queryRaw<{ id: string; of: string | null; marked: boolean | null }[]>`
      SELECT id, props_json->>'_duplicateOf' AS of, (props_json->>'_duplicate')::boolean AS marked FROM events
      WHERE jsonb_typeof(props_json) = 'object' AND (props_json ? '_duplicate' OR props_json ? '_duplicateOf')
      ORDER BY id`,
    prisma.duplicateMark.findMany({ where: { revertedAt: null }, orderBy: { eventId: 'asc' } }),
  ]);
  const inProps = events.map(({ id, of, marked }) => `${id} ${marked} ${of}`).join('\n');
  const inTable = recorded.map(({ eventId, duplicateOf }) => `${eventId} true ${duplicateOf}`).join('\n');
  if (inProps !== inTable) throw new Error(`Props say\n${inProps}\nand the recorded marks\n${inTable}`);
  return new Map(recorded.map(({ eventId, duplicateOf }) => [eventId, duplicateOf]));
}

/** Ids the log names under a kind, in the order they were logged. */
export async function loggedAs(prisma: PrismaClient, kind: 'marked' | 'unmarked'): Promise<string[]> {
  const rows = await prisma.eventLog.findMany({ where: { kind }, orderBy: { id: 'asc' } });
  return rows.flatMap(({ eventIds }) => eventIds);
}
