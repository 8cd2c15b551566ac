import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES } from './buffer-scripts.ts';
import { type BufferPosition, UnknownEntryVersion } from './event-buffer.ts';
import { acceptEvent, acceptRequest, openBuffer } from './test-support/buffer-world.ts';

const START: BufferPosition = { entryId: '0-0', nonce: '' };
const ALL = { maxEvents: 1_000, maxBytes: 1e9 };

describe('accept', () => {
  test('one entry a request, with rows, lanes and the ledger of the request', async () => {
    await using world = await openBuffer();
    const [row, aggregate] = [acceptEvent(), acceptEvent({ lane: 'aggregate' })];
    const reply = await world.buffer.accept(
      acceptRequest(
        [
          row,
          row,
          { ...row, payloadHash: 'other' },
          aggregate,
          acceptEvent({ verdict: 's' }),
          acceptEvent({ verdict: 'too_large' }),
        ],
        { before: { sampled: 2, rejected: { invalid_event: 3 } }, nonce: 'n1' },
      ),
    );
    expect(reply).toEqual({
      full: false,
      buffered: 2,
      outcomes: [
        { status: 'accepted' },
        { status: 'duplicate', id: row.id },
        { status: 'conflict', id: row.id },
        { status: 'accepted' },
        { status: 'sampled' },
        { status: 'rejected' },
      ],
    });
    const { entries, replaced } = await world.buffer.read(0, START, ALL);
    expect(replaced).toBe(false);
    const bytes = ENTRY_OVERHEAD_BYTES + row.row.length + aggregate.row.length;
    expect(entries).toMatchObject([
      {
        nonce: 'n1',
        receivedAtMs: 1_000,
        totals: { bytes, accepted: 2, received: 11, duplicates: 1, sampled: 3, rejected: 5 },
        rejectedByReason: { invalid_event: 3, conflict: 1, too_large: 1 },
        rows: `[${row.row}]`,
        aggregates: `[${aggregate.row}]`,
      },
    ]);
  });

  test('a key whose hash is empty on either side knows no conflict', async () => {
    await using world = await openBuffer();
    const event = acceptEvent({ payloadHash: '' });
    const reply = await world.buffer.accept(acceptRequest([event, { ...event, payloadHash: 'x' }]));
    expect(reply).toMatchObject({ outcomes: [{ status: 'accepted' }, { status: 'duplicate', id: event.id }] });
  });

  test('over the cap nothing is written, not even a key', async () => {
    await using world = await openBuffer();
    const event = acceptEvent();
    const cost = ENTRY_OVERHEAD_BYTES + event.row.length;
    const full = await world.buffer.accept(acceptRequest([event], { capBytes: cost - 1 }));
    expect(full).toEqual({ full: true, usedBytes: 0 });
    expect(await world.redis.exists('{0}:events', `{0}:key:${event.id}`)).toBe(0);
    expect(await world.buffer.accept(acceptRequest([event], { capBytes: cost }))).toMatchObject({
      outcomes: [{ status: 'accepted' }],
    });
    expect(await world.buffer.accept(acceptRequest([event], { capBytes: cost }))).toEqual({
      full: true,
      usedBytes: cost,
    });
  });

  test('a key lives as long as it was given', async () => {
    await using world = await openBuffer();
    const event = acceptEvent({ dedup: { key: 'k', ttlSeconds: 90 } });
    await world.buffer.accept(acceptRequest([event]));
    expect(await world.redis.ttl('{0}:key:k')).toBeGreaterThan(80);
    expect(await world.redis.get('{0}:key:k')).toBe(`${event.id} h`);
  });
});

describe('read and trim', () => {
  test('a read stops at its limits, but gives one entry at least', async () => {
    await using world = await openBuffer();
    for (let n = 0; n < 40; n += 1) await world.buffer.accept(acceptRequest([acceptEvent(), acceptEvent()]));
    const sizeOf = async (maxEvents: number, maxBytes: number) =>
      (await world.buffer.read(0, START, { maxEvents, maxBytes })).entries.length;
    expect(await sizeOf(1_000, 1e9)).toBe(40);
    expect(await sizeOf(21, 1e9)).toBe(10);
    expect(await sizeOf(1, 1e9)).toBe(1);
    expect(await sizeOf(1_000, 1)).toBe(1);
  });

  test('trimming keeps the committed entry as the anchor, and only where it is that entry', async () => {
    await using world = await openBuffer();
    for (let n = 0; n < 5; n += 1) await world.buffer.accept(acceptRequest([acceptEvent()]));
    const { entries } = await world.buffer.read(0, START, ALL);
    const third = entries[2];
    if (!third) throw new Error('There are five.');
    const position = { entryId: third.id, nonce: third.nonce };
    expect(await world.buffer.trim(0, { ...position, nonce: 'another' })).toBe(false);
    expect(await world.redis.xlen('{0}:events')).toBe(5);
    expect(await world.buffer.trim(0, position)).toBe(true);
    expect(await world.redis.xlen('{0}:events')).toBe(3);
    expect(await world.buffer.read(0, position, ALL)).toMatchObject({ replaced: false, entries: entries.slice(3) });
    // Whoever comes with an older position is told to look again.
    expect(await world.buffer.usage(0, START)).toBe('moved');
    expect(await world.buffer.read(0, { ...position, nonce: 'another' }, ALL)).toMatchObject({
      replaced: true,
      entries: entries.slice(2),
    });
  });

  test('an entry of an unknown version is an error that names it; those before it are read', async () => {
    await using world = await openBuffer();
    await world.buffer.accept(acceptRequest([acceptEvent()]));
    const newer = ['v', '99', 'n', 'x', 't', '1', 'd', '0,0,0,0,0,0', 'c', '0,0,0,0,0,0', 'R', ''];
    const entryId = await world.redis.xadd('{0}:events', '*', ...newer);
    await world.buffer.accept(acceptRequest([acceptEvent()]));
    const { entries } = await world.buffer.read(0, START, ALL);
    const [first] = entries;
    if (!first) throw new Error('There is a first.');
    expect(entries).toHaveLength(1);
    const reading = world.buffer.read(0, { entryId: first.id, nonce: first.nonce }, ALL);
    await expect(reading).rejects.toThrow(UnknownEntryVersion);
    await expect(reading).rejects.toThrow(`${entryId} of shard 0 has layout version "99"`);
  });
});

test('usage is what was accepted and not trimmed, after any sequence of accepts, flushes and forgotten keys', async () => {
  await using world = await openBuffer();
  const step = fc.oneof(
    fc.record({ kind: fc.constant('accept' as const), events: fc.integer({ min: 0, max: 3 }) }),
    fc.record({ kind: fc.constant('flush' as const), events: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('repeat' as const), events: fc.constant(1) }),
  );
  let shard = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      shard += 1;
      let position = START;
      const waiting: { bytes: number; accepted: number }[] = [];
      const event = acceptEvent();
      let known = false;
      for (const { kind, events } of steps) {
        if (kind === 'flush') {
          const { entries } = await world.buffer.read(shard, position, { maxEvents: events, maxBytes: 1e9 });
          const last = entries.at(-1);
          if (!last) continue;
          position = { entryId: last.id, nonce: last.nonce };
          expect(await world.buffer.trim(shard, position)).toBe(true);
          waiting.splice(0, entries.length);
          continue;
        }
        const sent = kind === 'repeat' ? [event] : Array.from({ length: events }, () => acceptEvent());
        const taken = kind === 'repeat' && known ? [] : sent;
        known ||= kind === 'repeat';
        const reply = await world.buffer.accept(acceptRequest(sent, { shard }));
        const bytes = taken.reduce((sum, { row }) => sum + row.length, ENTRY_OVERHEAD_BYTES);
        waiting.push({ bytes, accepted: taken.length });
        expect(reply).toMatchObject({ buffered: waiting.reduce((sum, { accepted }) => sum + accepted, 0) });
      }
      const usage = await world.buffer.usage(shard, position);
      expect(usage).toMatchObject({
        pending: {
          bytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
          accepted: waiting.reduce((sum, { accepted }) => sum + accepted, 0),
        },
      });
    }),
    { numRuns: 40 },
  );
});
