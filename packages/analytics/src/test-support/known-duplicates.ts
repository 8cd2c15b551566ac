import type { EventRow } from '@tallymark/contract/event-row';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';

/** An event, and what the rule says of it. */
export interface KnownEvent {
  readonly row: EventRow;
  /** The event it repeats; null for one that repeats nothing. */
  readonly duplicateOf: string | null;
}

export interface KnownDuplicatesOptions {
  /** Events, give or take what the last group has too many. */
  readonly events: number;
  /** Milliseconds of Unix time between which they lie, spread evenly. A month border in between gets pairs across it. */
  readonly from: number;
  readonly to: number;
}

/** A type that rows of several events have, and no run compares. */
export const AGGREGATED_TYPE = 'scroll_summary';

interface Member {
  /** Milliseconds after the first of the group. */
  readonly after: number;
  /** Place in the group of the one it repeats. */
  readonly repeats?: number;
  readonly more?: Partial<EventRow>;
}

const SECOND_MS = 1_000;
const key = (idempotencyKey: string) => ({ idempotencyKey });
const both = (more: Partial<EventRow>, after: number, repeats?: number): Member[] => [
  { after: 0, more },
  { after, repeats, more },
];

/** Groups of equal events; each has one repeat. */
const REPEATS: readonly (readonly Member[])[] = [
  both({}, 10, 0),
  both({}, SECOND_MS, 0),
  both({}, SECOND_MS, 0),
  both({}, SECOND_MS, 0),
  both(key('same'), 400, 0),
  [
    { after: 0, more: key('one') },
    { after: 700, repeats: 0 },
  ],
  [{ after: 0 }, { after: 900, repeats: 0 }, { after: 1_800 }],
  // The second repeats nothing, though the first is near: of two keys, the third repeats the one it can.
  [
    { after: 0, more: key('one') },
    { after: 5, more: key('two') },
    { after: 999, repeats: 1, more: key('two') },
  ],
];

/** Groups that look like it, and are none. */
const NEAR_MISSES: readonly (readonly Member[])[] = [
  both({}, SECOND_MS + 1),
  [
    { after: 0, more: key('one') },
    { after: 20, more: key('two') },
  ],
  [{ after: 0 }, { after: 20, more: { propsJson: { path: '/other' } } }],
  [{ after: 0 }, { after: 20, more: { entityType: 'license' } }],
  [{ after: 0 }, { after: 20, more: { visitorId: 'other' } }],
  [{ after: 0 }, { after: 20, more: { sessionId: undefined } }],
  [{ after: 0 }, { after: 20, more: { siteId: DEFAULT_TENANT_ID } }],
  both({ count: 2 }, 20),
  both({ eventType: AGGREGATED_TYPE }, 20),
];

const REPEATS_PER_CENT = 3;
const BORDER_PAIRS = 20;

/** Events in no order of theirs, of which three in a hundred repeat another. The same options give the same events. */
export function* knownDuplicates({ events, from, to }: KnownDuplicatesOptions): Generator<KnownEvent> {
  let made = 0;
  let group = 0;
  const place = (members: readonly Member[], at: number): KnownEvent[] => {
    const known = members.map(({ after, repeats, more }, n) => {
      const row = rowOf(at + after, `${group}`, BigInt(group * 4 + n), more);
      return { row, repeats };
    });
    group += 1;
    made += known.length;
    return known.map(({ row, repeats }) => ({
      row,
      duplicateOf: repeats === undefined ? null : (known[repeats]?.row.id ?? null),
    }));
  };
  const border = monthBorderWithin(from, to);
  if (border !== null) {
    for (let n = 0; n < BORDER_PAIRS; n++) yield* place(both({}, 50 * (n + 1), 0), border - 25 * (n + 1));
  }
  let repeats = border === null ? 0 : BORDER_PAIRS;
  for (let round = 0; made < events; round++) {
    const at = from + Math.floor(((to - from - 3 * SECOND_MS) * made) / events);
    const due = (made * REPEATS_PER_CENT) / 100 > repeats;
    if (due) {
      yield* place(REPEATS[repeats % REPEATS.length] ?? [], at);
      repeats += 1;
    } else if (round % 40 === 0) {
      yield* place(NEAR_MISSES[(round / 40) % NEAR_MISSES.length] ?? [], at);
    } else {
      yield* place([{ after: 0 }], at);
    }
  }
}

function monthBorderWithin(from: number, to: number): number | null {
  const date = new Date(from);
  const border = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return border < to ? border : null;
}

const ID_BITS = 80;

/** Everything that a browser's event fills, and something to tell its group from all others. */
function rowOf(ms: number, group: string, serial: bigint, more: Partial<EventRow> = {}): EventRow {
  const bits = Buffer.from(serial.toString(16).padStart(ID_BITS / 4, '0'), 'hex');
  const time = new Date(ms).toISOString();
  return {
    // The serial is in the bits that stay when version and variant are set.
    id: uuidV7(ms, bits),
    tenantId: DEFAULT_TENANT_ID,
    siteId: DEFAULT_SITE_ID,
    eventType: 'asset_viewed',
    schemaVersion: 1,
    source: 'web',
    service: 'studio',
    entityType: 'asset',
    entityId: `asset-${group}`,
    actorId: 'user',
    visitorId: 'visitor',
    sessionId: `session-${Number(group) % 500}`,
    occurredAt: time,
    receivedAt: time,
    propsJson: { path: `/assets/${group}`, title: 'Harbour at dawn, "long exposure"', filters: ['image', 'print'] },
    touchJson: { utmSource: 'newsletter', utmMedium: 'email', referrer: 'https://example.com/spring' },
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    payloadHash: 'payload',
    clientVersion: 'web/1.0.0',
    samplingRate: 100,
    ...more,
  };
}
