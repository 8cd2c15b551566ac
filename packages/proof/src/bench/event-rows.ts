import { createHash } from 'node:crypto';
import type { EventRow } from '@tallymark/contract/event-row';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';

const SESSIONS = 40;
const TYPES = ['page_view', 'asset_viewed', 'license_viewed', 'search_performed'] as const;
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

const hex = (text: string, length: number) => createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Rows as the buffer hands them to a flush: 40 sessions that take turns, a few milliseconds apart, every column filled
 * that a browser's event fills, about 150 bytes of props.
 */
export function* eventRows(start: Date): Generator<EventRow, never> {
  for (let order = 0; ; order++) {
    const ms = start.getTime() + order * 3;
    const session = order % SESSIONS;
    const time = new Date(ms).toISOString();
    const asset = hex(`asset ${order % 500}`, 32);
    yield {
      id: uuidV7(ms),
      tenantId: DEFAULT_TENANT_ID,
      siteId: DEFAULT_SITE_ID,
      eventType: TYPES[order % TYPES.length] ?? TYPES[0],
      schemaVersion: 1,
      source: 'web',
      service: 'studio',
      entityType: 'asset',
      entityId: asset,
      actorId: hex(`user ${session}`, 32),
      visitorId: hex(`visitor ${session}`, 22),
      sessionId: hex(`session ${session}`, 32),
      occurredAt: time,
      receivedAt: new Date(ms + 40).toISOString(),
      propsJson: {
        path: `/assets/${asset}`,
        title: 'Harbour at dawn, "long exposure"',
        position: order % 24,
        durationMs: (order * 37) % 9_000,
        filters: ['image', 'print'],
      },
      touchJson: { utmSource: 'newsletter', utmMedium: 'email', referrer: 'https://example.com/spring' },
      userAgent: USER_AGENT,
      ipHash: hex(`address ${session}`, 22),
      idempotencyKey: uuidV7(ms),
      payloadHash: hex(`payload ${order}`, 32),
      correlationId: hex(`request ${Math.floor(order / 20)}`, 32),
      samplingRate: 100,
    };
  }
}
