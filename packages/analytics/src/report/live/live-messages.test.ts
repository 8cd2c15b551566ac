import type { LiveEntry } from '@tallymark/redis/live-stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveMessages } from './live-messages.ts';
import { LiveSite } from './live-site.ts';
import { writeLiveEvents } from './live-wire.ts';

const NOW = new Date('2026-11-15T12:00:00.000Z');

/** A stream whose events are numbered from 1 on; what is lost has numbers, too. */
class NumberedStream {
  readonly entries: LiveEntry[] = [];
  private total = 0;
  constructor(private readonly life = 'life') {
    this.append(0);
  }

  append(count: number, lost = 0): LiveEntry {
    const first = this.total + lost + 1;
    this.total += count + lost;
    const numbers = Array.from({ length: count }, (_, n) => first + n);
    const id = `${1_000 + this.entries.length}-0`;
    const entry = { id, life: this.life, count, lost, total: this.total, json: eventsOf(numbers) };
    this.entries.push(entry);
    return entry;
  }
}

const eventsOf = (numbers: readonly number[]) =>
  writeLiveEvents(
    numbers.map((n) => ({
      id: String(n),
      eventType: n % 2 === 0 ? 'even' : 'odd',
      occurredAt: NOW.toISOString(),
      receivedAt: NOW.toISOString(),
      source: 'web' as const,
      page: null,
    })),
    String,
  );

const siteOf = (entries: readonly LiveEntry[], kept: number) => new LiveSite({ entries, kept, now: () => NOW });

/** A reader, and what it has been told: numbers of events, and how many it was told it missed. */
function openReader(
  site: LiveSite,
  lastEventId: string | null,
  { mostBehind = 1_000, types = null as string[] | null } = {},
) {
  const leaving = new AbortController();
  const question = { lastEventId, eventTypes: types && new Set(types) };
  const messages = liveMessages(site, question, { signal: leaving.signal, mostBehind });
  const told: unknown[] = [];
  let id = lastEventId;
  let next: ReturnType<typeof messages.next> | null = null;
  /** False when there is nothing to read now; the reader stands waiting then. */
  const read = async (): Promise<boolean> => {
    next ??= messages.next();
    const result = await Promise.race([next, new Promise<null>((resolve) => setImmediate(resolve, null))]);
    if (!result || result.done) return false;
    next = null;
    id = result.value.id;
    const { message } = result.value;
    if (message.kind === 'events') told.push(...message.events.map((event) => Number(event.id)));
    else if (message.kind === 'gap') told.push({ gap: message.missed });
    else if (message.kind === 'dropped') told.push({ dropped: message.events });
    return true;
  };
  return { told, read, leave: () => leaving.abort(), id: () => id };
}

/** Reads what there is. */
async function drain(reader: ReturnType<typeof openReader>, most = Number.POSITIVE_INFINITY) {
  for (let n = 0; n < most; n += 1) if (!(await reader.read())) return;
}

test('a reader hears what comes next, in order, of the types it asked for', async () => {
  const stream = new NumberedStream();
  stream.append(3);
  const site = siteOf(stream.entries, 100);
  const all = openReader(site, null);
  const odd = openReader(site, null, { types: ['odd'] });
  await drain(all);
  await drain(odd);
  site.add([stream.append(2), stream.append(2)]);
  await drain(all);
  await drain(odd);
  expect(all.told).toEqual([4, 5, 6, 7]);
  expect(odd.told).toEqual([5, 7]);
});

test('what was left out on its way is a gap, and a stream that began anew is one of unknown size', async () => {
  const stream = new NumberedStream();
  const site = siteOf(stream.entries, 100);
  const reader = openReader(site, null);
  await drain(reader);
  site.add([stream.append(1), stream.append(1, 3)]);
  const anew = new NumberedStream('other life');
  for (let n = 0; n < 5; n += 1) anew.append(1);
  // As many as there were before: the numbers of two lives have nothing to do with each other.
  site.takeUp(anew.entries.slice(6));
  anew.append(3);
  site.add(anew.entries.slice(-1));
  await drain(reader);
  const numbers = [6, 7, 8];
  expect(reader.told).toEqual([1, { gap: 3 }, 5, { gap: null }, ...numbers]);
});

test('a position that the stream does not hold any more is a gap of known size, told once', async () => {
  const stream = new NumberedStream();
  const site = siteOf(stream.entries, 10);
  const first = openReader(site, null);
  await drain(first);
  for (let n = 0; n < 30; n += 1) site.add([stream.append(1)]);
  const second = openReader(site, first.id());
  await second.read();
  await second.read();
  expect(second.told).toEqual([{ gap: 20 }]);
  const third = openReader(site, second.id());
  await drain(third);
  expect(third.told).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
});

test.each(['', 'nonsense', '1-0.life', "1-0.life.1'; --", `${'9'.repeat(40)}-0.life.1`])(
  'what is no position (%s) is a gap of unknown size',
  async (written) => {
    const site = siteOf(new NumberedStream().entries, 10);
    const reader = openReader(site, written);
    await drain(reader);
    expect(reader.told).toEqual([{ gap: null }]);
  },
);

test('a position in another life of the stream is a gap of unknown size, and what this one holds is new', async () => {
  const old = new NumberedStream('old');
  old.append(5);
  const before = openReader(siteOf(old.entries, 10), null);
  await drain(before);
  const anew = new NumberedStream('new');
  for (let n = 0; n < 3; n += 1) anew.append(1);
  const reader = openReader(siteOf(anew.entries, 10), before.id());
  await drain(reader);
  expect(reader.told).toEqual([{ gap: null }, 2, 3]);
});

test('who was told more by another process is not told it again, and waits for what comes next', async () => {
  const stream = new NumberedStream();
  const [ahead, behind] = [siteOf(stream.entries, 100), siteOf(stream.entries, 100)];
  const first = openReader(ahead, null);
  await drain(first);
  const entries = [stream.append(2), stream.append(3)];
  ahead.add(entries);
  await drain(first);
  const second = openReader(behind, first.id());
  await drain(second);
  behind.add([...entries, stream.append(1)]);
  await drain(second);
  expect([first.told, second.told]).toEqual([[1, 2, 3, 4, 5], [6]]);
});

test('a position behind everything, in another life, is told so at once', async () => {
  const site = siteOf(new NumberedStream('new').entries, 10);
  const reader = openReader(site, '9999-0.old.3');
  await drain(reader);
  expect(reader.told).toEqual([{ gap: null }]);
});

test('a reader that does not keep up goes on with what comes next, and is told how much it missed', async () => {
  const stream = new NumberedStream();
  const site = siteOf(stream.entries, 1_000);
  const reader = openReader(site, null, { mostBehind: 10 });
  await drain(reader);
  for (let n = 0; n < 20; n += 1) site.add([stream.append(1)]);
  await drain(reader);
  site.add([stream.append(2)]);
  await drain(reader);
  expect(reader.told).toEqual([{ dropped: 20 }, 21, 22]);
});

test('one that the ring has rolled over is told the same', async () => {
  const stream = new NumberedStream();
  const site = siteOf(stream.entries, 5);
  const reader = openReader(site, null);
  await drain(reader);
  for (let n = 0; n < 20; n += 1) site.add([stream.append(1)]);
  await drain(reader);
  expect(reader.told).toEqual([{ dropped: 15 }, 16, 17, 18, 19, 20]);
});

test('who was told of a gap is not told of it again where the events are still held', async () => {
  const stream = new NumberedStream();
  const [rolledOver, behind] = [siteOf(stream.entries, 5), siteOf(stream.entries, 100)];
  const reader = openReader(rolledOver, null);
  await drain(reader);
  const start = reader.id();
  reader.leave();
  const entries = [stream.append(4), stream.append(4)];
  rolledOver.add(entries);
  behind.add(entries.slice(0, 1));
  const again = openReader(rolledOver, start);
  await drain(again, 2);
  expect(again.told).toEqual([{ gap: 4 }]);
  const elsewhere = openReader(behind, again.id());
  await drain(elsewhere);
  behind.add(entries.slice(1));
  await drain(elsewhere);
  expect(elsewhere.told).toEqual([5, 6, 7, 8]);
});

test('however often it is cut off, and wherever it goes on, a reader is told of each event once, or that it was missed', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 5 }), lost: fc.constantFrom(0, 0, 0, 2) }) },
    { weight: 3, arbitrary: fc.record({ read: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 2, arbitrary: fc.record({ cut: fc.constantFrom('a' as const, 'b' as const) }) },
    { weight: 2, arbitrary: fc.record({ follow: fc.integer({ min: 1, max: 4 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const stream = new NumberedStream();
      // Process b is behind a, and keeps up now and then.
      const sites = { a: siteOf(stream.entries, 25), b: siteOf(stream.entries, 25) };
      let behind: LiveEntry[] = [];
      const told: unknown[] = [];
      let reader = openReader(sites.a, null, { mostBehind: 12 });
      await drain(reader);
      const goOn = async (site: LiveSite) => {
        told.push(...reader.told);
        const id = reader.id();
        reader.leave();
        reader = openReader(site, id, { mostBehind: 12 });
        await reader.read();
      };
      for (const one of steps) {
        if ('append' in one) {
          const entry = stream.append(one.append, one.lost);
          sites.a.add([entry]);
          behind.push(entry);
        } else if ('follow' in one) sites.b.add(behind.splice(0, one.follow));
        else if ('cut' in one) await goOn(sites[one.cut]);
        else await drain(reader, one.read);
      }
      sites.b.add(behind);
      behind = [];
      await goOn(sites.b);
      await drain(reader);
      told.push(...reader.told);
      reader.leave();

      const last = stream.entries.at(-1)?.total ?? 0;
      const numbers = told.filter((one) => typeof one === 'number');
      expect(numbers).toEqual([...new Set(numbers)].sort((x, y) => x - y));
      let at = 0;
      for (const one of told) {
        at += typeof one === 'number' ? 1 : (Object.values(one as Record<string, number>)[0] ?? Number.NaN);
        if (typeof one === 'number') expect(at).toBe(one);
      }
      expect(at).toBe(last);
    }),
    { numRuns: 150 },
  );
});
