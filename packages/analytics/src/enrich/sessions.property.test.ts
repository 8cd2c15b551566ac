import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributionOf, openEnrichmentWorld, pageView, store } from '../test-support/enrichment-world.ts';

/** What an event may say of where it comes from. */
const TOUCHES = [
  {},
  { touchJson: { utmSource: 'news', utmMedium: 'email', utmCampaign: 'spring' } },
  { touchJson: { utmSource: 'news' } },
  { touchJson: { utmSource: 'ads', clickIds: { gclid: 'g1', msclkid: 'm1' } } },
  { propsJson: { path: '/a?utm_source=ads&gclid=g2' } },
  { propsJson: { path: '/b', referrer: 'https://www.google.com/search?q=x' } },
  { propsJson: { path: '/c' } },
  { propsJson: {} },
] as const;

const STREAMS = [
  { sessionId: 'one', visitorId: 'v' },
  { sessionId: null, visitorId: 'v' },
  { sessionId: null, visitorId: null },
] as const;

const event = fc.record({
  // Ties, gaps of exactly half an hour, and longer ones.
  minutes: fc.constantFrom(0, 0, 1, 5, 30, 31, 35, 61, 62, 91, 121),
  touch: fc.constantFrom(...TOUCHES),
  stream: fc.constantFrom(...STREAMS),
});

const anyOrder = (length: number) =>
  fc.shuffledSubarray(
    Array.from({ length }, (_, at) => at),
    { minLength: length },
  );

/** As events do arrive: in their order but for a few. Redis is then of use, and late events meet what it holds. */
function mostlyInOrder(events: readonly { readonly minutes: number }[]): fc.Arbitrary<number[]> {
  const sorted = events.map((_, at) => at).sort((a, b) => (events[a]?.minutes ?? 0) - (events[b]?.minutes ?? 0));
  const place = fc.nat({ max: events.length - 1 });
  return fc.array(fc.tuple(place, place), { maxLength: 2 }).map((moves) => {
    const order = [...sorted];
    for (const [from, to] of moves) order.splice(to, 0, ...order.splice(from, 1));
    return order;
  });
}

const scenario = fc.array(event, { minLength: 1, maxLength: 14 }).chain((events) =>
  fc.record({
    events: fc.constant(events),
    arrival: fc.oneof(anyOrder(events.length), mostlyInOrder(events)),
    /** Sizes of the batches that the events arrive in. */
    batches: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: events.length, maxLength: events.length }),
    /** What happens before each batch is enriched. */
    mishaps: fc.array(fc.constantFrom('none', 'none', 'redis emptied', 'without redis', 'two workers'), {
      minLength: events.length,
      maxLength: events.length,
    }),
  }),
);

test('whatever order events come in, and whatever becomes of Redis, sessions are those of the events in order', async () => {
  await using world = await openEnrichmentWorld();
  const plain = world.worker({ redis: null });
  const other = world.worker();
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events, arrival, batches, mishaps }) => {
      // Streams of their own for every run, twice: once in disorder, once in order.
      const inDisorder = rowsOf(events);
      const inOrder = inDisorder.map((row, at) => ({ ...row, ...rename(row), id: withTail(row.id, at) }));
      const arriving = arrival.flatMap((at) => inDisorder[at] ?? []);
      for (const [turn, size] of batches.entries()) {
        const batch = arriving.splice(0, size);
        if (batch.length === 0) break;
        const ids = await store(world.prisma, batch);
        if (mishaps[turn] === 'redis emptied') await emptySessions(world);
        if (mishaps[turn] === 'two workers')
          await Promise.all([other.enrichEvents(ids), world.enrichment.enrichEvents(ids)]);
        else await (mishaps[turn] === 'without redis' ? plain : world.enrichment).enrichEvents(ids);
      }
      const sorted = [...inOrder].sort((a, b) =>
        a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.id < b.id ? -1 : 1,
      );
      for (const row of sorted) await plain.enrichEvents(await store(world.prisma, [row]));

      const found = await attributionOf(
        world.prisma,
        inDisorder.map(({ id }) => id),
      );
      const expected = await attributionOf(
        world.prisma,
        inOrder.map(({ id }) => id),
      );
      const twin = new Map(inOrder.map(({ id }, at) => [id, inDisorder[at]?.id]));
      for (const [at, row] of inDisorder.entries()) {
        const { eventId: _own, ...disordered } = found.get(row.id) ?? {};
        const { eventId: _twin, ...ordered } = expected.get(inOrder[at]?.id ?? '') ?? {};
        const session = expected.get(inOrder[at]?.id ?? '')?.sessionJson as { id: string } | null | undefined;
        expect(disordered).toEqual({
          ...ordered,
          sessionJson: session && { ...session, id: twin.get(session.id) },
        });
      }
    }),
    { numRuns: 60 },
  );
});

type Events = readonly { minutes: number; touch: object; stream: (typeof STREAMS)[number] }[];

function rowsOf(events: Events) {
  const run = randomUUID();
  return events.map(({ minutes, touch, stream }, at) => {
    const row = pageView(minutes, { ...touch, ...named(stream, run) });
    // Ties are decided by id: in a known order, the same for both copies.
    return { ...row, id: withTail(row.id, at), occurredAt: row.occurredAt as Date };
  });
}

const named = ({ sessionId, visitorId }: { sessionId?: string | null; visitorId?: string | null }, run: string) => ({
  sessionId: sessionId && `${sessionId} ${run}`,
  visitorId: visitorId && `${visitorId} ${run}`,
});

const rename = ({ sessionId, visitorId }: { sessionId?: string | null; visitorId?: string | null }) =>
  named({ sessionId: sessionId ?? null, visitorId: visitorId ?? null }, 'in order');

let serial = 0;

/** The same time and a tail that grows with `at`, and that no other row has. */
function withTail(id: string, at: number): string {
  serial += 1;
  const tail = at.toString(16).padStart(4, '0') + serial.toString(16).padStart(8, '0');
  return `${id.slice(0, 14)}7000-8000-${tail}`;
}

async function emptySessions({
  redis,
  redisPrefix,
}: {
  redis: { keys(p: string): Promise<string[]>; unlink(...k: string[]): Promise<number> };
  redisPrefix: string;
}) {
  const keys = await redis.keys(`${redisPrefix}:sessions:*`);
  if (keys.length > 0) await redis.unlink(...keys.map((key) => key.slice(redisPrefix.length + 1)));
}
