import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { AnyStoredEvent } from '@tallymark/contract/subscriptions';
import { eventually } from '@tallymark/testing/eventually';
import { describe, expect, test } from 'vitest';
import { viewed } from '../test-support/ingestion-world.ts';
import { AT_ONCE, openSubscriptionWorld, storeEvents } from './test-support/subscription-world.ts';

const SUBSCRIBER = fileURLToPath(new URL('./test-support/stuck-subscriber.ts', import.meta.url));

/** A handler that notes what it gets. */
function noting() {
  const batches: string[][] = [];
  const handler = (events: readonly Pick<AnyStoredEvent, 'id'>[]) => {
    batches.push(events.map(({ id }) => id));
  };
  return { batches, handler, ids: () => batches.flat() };
}

/** A promise and its end. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

describe('a handler', () => {
  test('hears of what was ingested and of what a transaction stored, of its types, and no more of it than it may know', async () => {
    await using world = await openSubscriptionWorld();
    const service = await world.service();
    const subscriptions = world.subscriptions();
    const heard: AnyStoredEvent[] = [];
    const handle = subscriptions.onEventStored(['asset_viewed'], function note(events) {
      heard.push(...events);
    });
    expect(handle.name).toBe('note:asset_viewed');
    subscriptions.start();
    await handle.ready;
    const event = viewed({ sessionId: 's' });
    const received = await service.ingest(event, { userAgent: 'secret', ipAddress: '10.0.0.1', visitorId: 'v' });
    await service.ingest(viewed({ eventType: 'license_viewed' as const, props: {} }));
    await service.forceFlush();
    await eventually(() => heard.length === 1);
    expect(heard).toEqual([
      {
        id: received.status === 'accepted' && received.id,
        eventType: 'asset_viewed',
        schemaVersion: 1,
        tenantId: expect.any(String),
        siteId: expect.any(String),
        occurredAt: event.occurredAt,
        receivedAt: event.occurredAt,
        source: 'web',
        entityType: 'asset',
        entityId: event.entityId,
        actorId: null,
        visitorId: 'v',
        sessionId: 's',
        props: event.props,
        count: 1,
        samplingRate: 100,
      },
    ]);
    const undone = world.prisma.$transaction(async (tx) => {
      await service.track(tx, viewed());
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    const kept = await world.prisma.$transaction((tx) => service.track(tx, viewed()));
    await eventually(() => heard.length === 2);
    expect(heard[1]?.id).toBe(kept.status === 'accepted' && kept.id);
  });

  test('gets batches of its size, in order, also where a log row holds more', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const note = noting();
    const handle = subscriptions.onEventStored('*', note.handler, { name: 'all', batchSize: 40 });
    subscriptions.start();
    await handle.ready;
    const ids = [...(await world.store(100)), ...(await world.store(3, 'user_login'))];
    await eventually(() => note.ids().length === 103);
    expect(note.ids()).toEqual(ids);
    expect(Math.max(...note.batches.map(({ length }) => length))).toBe(40);
  });

  test('goes on where it was after a restart, and starts where it is told to', async () => {
    await using world = await openSubscriptionWorld();
    const before = await world.store(3);
    const first = world.subscriptions();
    const [early, late] = [noting(), noting()];
    const handle = first.onEventStored('*', early.handler, { name: 'shared' });
    first.start();
    await handle.ready;
    const during = await world.store(2);
    await eventually(() => early.ids().length === 2);
    await first.stop();
    const meanwhile = await world.store(2);
    const second = world.subscriptions();
    second.onEventStored('*', late.handler, { name: 'shared', fromStart: true });
    const fromStart = noting();
    second.onEventStored('*', fromStart.handler, { name: 'from-start', fromStart: true, batchSize: 1_000 });
    second.start();
    await eventually(() => late.ids().length === 2 && fromStart.ids().length === 7);
    expect(early.ids()).toEqual(during);
    expect(late.ids()).toEqual(meanwhile);
    expect(fromStart.ids()).toEqual([...before, ...during, ...meanwhile]);
  });

  test('a transaction that stays open holds nothing up, and is heard of when it commits', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const note = noting();
    subscriptions.onEventStored('*', note.handler, { name: 'all', fromStart: true });
    subscriptions.start();
    const { early, late } = await world.prisma.$transaction(
      async (tx) => {
        const late = await storeEvents(tx, 2);
        const early = await world.store(2);
        await eventually(() => note.ids().length === 2);
        return { early, late };
      },
      { timeout: 20_000 },
    );
    await eventually(() => note.ids().length === 4);
    expect(note.ids()).toEqual([...early, ...late]);
  });

  test('does not get what was erased meanwhile', async () => {
    await using world = await openSubscriptionWorld();
    const [gone, ...rest] = await world.store(3);
    await world.prisma.event.deleteMany({ where: { id: gone } });
    const subscriptions = world.subscriptions();
    const note = noting();
    subscriptions.onEventStored('*', note.handler, { name: 'all', fromStart: true });
    subscriptions.start();
    await eventually(() => note.ids().length === 2);
    expect(note.ids()).toEqual(rest);
  });

  test('needs a name that a restart can find, and one of its own', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    expect(() => subscriptions.onEventStored('*', () => {})).toThrow('anonymous');
    expect(() => subscriptions.onEventStored('*', () => {}, { name: 'a b' })).toThrow('name of its own');
    expect(() => subscriptions.onEventStored([], () => {}, { name: 'none' })).toThrow('at least one');
    // @ts-expect-error The plan has no such type.
    expect(() => subscriptions.onEventStored(['asset_eaten'], () => {}, { name: 'n' })).toThrow('asset_eaten');
    expect(() => subscriptions.onEventStored('*', () => {}, { name: 'n', batchSize: 0 })).toThrow(RangeError);
    subscriptions.onEventStored('*', () => {}, { name: 'n' });
    expect(() => subscriptions.onEventStored('*', () => {}, { name: 'n' })).toThrow('already');
    await subscriptions.addWebhook({ name: 'hook', url: 'http://127.0.0.1:9', eventTypes: '*' });
    const handle = subscriptions.onEventStored('*', () => {}, { name: 'hook' });
    subscriptions.start();
    await expect(handle.ready).rejects.toThrow('another');
  });

  test('that was stopped hears nothing more, and its checkpoint stays', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const [note, other] = [noting(), noting()];
    const handle = subscriptions.onEventStored('*', note.handler, { name: 'stopped' });
    const running = subscriptions.onEventStored('*', other.handler, { name: 'running' });
    subscriptions.start();
    await Promise.all([handle.ready, running.ready]);
    await handle.stop();
    const ids = await world.store(2);
    await eventually(() => other.ids().length === 2);
    expect(note.ids()).toEqual([]);
    subscriptions.onEventStored('*', note.handler, { name: 'stopped' });
    await eventually(() => note.ids().length === 2);
    expect(note.ids()).toEqual(ids);
  });
});

describe('processes that share a subscription', () => {
  test('take turns: no batch goes to two of them, however long it takes', async () => {
    await using world = await openSubscriptionWorld();
    const heard: string[] = [];
    let underWay = 0;
    let most = 0;
    const hold = gate();
    const processes = [1, 2, 3].map(() => world.subscriptions({ leaseMs: 300 }));
    for (const one of processes) {
      const handler = async (events: readonly { id: string }[]) => {
        underWay += 1;
        most = Math.max(most, underWay);
        if (heard.length === 0) await hold.passed;
        heard.push(...events.map(({ id }) => id));
        underWay -= 1;
      };
      one.onEventStored('*', handler, { name: 'shared', fromStart: true, batchSize: 7 });
      one.start();
    }
    const ids = await world.store(50);
    const leasedUntil = async () =>
      (await world.prisma.eventSubscription.findUniqueOrThrow({ where: { name: 'shared' } })).leasedUntil?.getTime() ??
      0;
    const first = await eventually(async () => underWay === 1 && (await leasedUntil()));
    // Held for longer than a lease: only renewing it keeps the others away.
    await eventually(async () => (await leasedUntil()) > first + 600);
    expect(underWay).toBe(1);
    hold.open();
    await eventually(() => heard.length === 50);
    expect(heard).toEqual(ids);
    expect(most).toBe(1);
  });

  test('a process that is killed between delivery and checkpoint: another delivers again', async () => {
    await using world = await openSubscriptionWorld();
    const ids = await world.store(5);
    const child = spawn(process.execPath, ['--import', 'tsx', SUBSCRIBER], {
      env: { PATH: process.env.PATH, DATABASE_URL: world.databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toEqual(ids);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const more = await world.store(1);
    const subscriptions = world.subscriptions();
    const note = noting();
    subscriptions.onEventStored('*', note.handler, { name: 'shared' });
    subscriptions.start();
    await eventually(() => note.ids().length === 6);
    expect(note.ids()).toEqual([...ids, ...more]);
  });

  test('who has lost the lease moves no checkpoint', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const [entered, hold] = [gate(), gate()];
    const calls: number[] = [];
    const handler = async (events: readonly unknown[]) => {
      calls.push(events.length);
      entered.open();
      if (calls.length === 1) await hold.passed;
    };
    subscriptions.onEventStored('*', handler, { name: 'slow', fromStart: true });
    subscriptions.start();
    await world.store(3);
    await entered.passed;
    const where = { name: 'slow' };
    const taken = '00000000-0000-7000-8000-00000000000a';
    await world.prisma.eventSubscription.update({ where, data: { lease: taken } });
    hold.open();
    await subscriptions.stop();
    expect(await world.prisma.eventSubscription.findUnique({ where })).toMatchObject({ delivered: 0n, lease: taken });
  });
});

describe('a handler that throws', () => {
  test('is called again with the same batch until it has it', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const calls: string[][] = [];
    const handler = async (events: readonly { id: string }[]) => {
      calls.push(events.map(({ id }) => id));
      if (calls.length < 3) throw new Error('not yet\0');
    };
    subscriptions.onEventStored('*', handler, { name: 'moody', fromStart: true });
    subscriptions.start();
    const ids = await world.store(4);
    await eventually(() => calls.length === 3);
    expect(calls).toEqual([ids, ids, ids]);
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 4);
    expect(await subscriptions.list()).toMatchObject([
      { name: 'moody', attempts: 0, deadLettered: 0, lastError: null, oldestWaitingAt: null },
    ]);
    expect(await subscriptions.deadLetters()).toEqual([]);
  });

  test('loses only the events to blame, which can be delivered again', async () => {
    await using world = await openSubscriptionWorld();
    const ids = await world.store(50);
    const poison = new Set([ids[3], ids[30], ids[49]]);
    const subscriptions = world.subscriptions();
    const good: string[] = [];
    const handler = async (events: readonly { id: string }[]) => {
      for (const { id } of events) if (poison.has(id)) throw new Error(`cannot take ${id}`);
      good.push(...events.map(({ id }) => id));
    };
    subscriptions.onEventStored('*', handler, { name: 'picky', fromStart: true });
    subscriptions.start();
    const letters = await eventually(async () => {
      const found = await subscriptions.deadLetters({ subscription: 'picky' });
      return found.length === 3 && found;
    });
    expect(new Set(letters.map(({ eventIds, error }) => `${eventIds.join()} ${error}`))).toEqual(
      new Set([...poison].map((id) => `${id} cannot take ${id}`)),
    );
    await eventually(() => good.length === 47);
    expect(good).toEqual(ids.filter((id) => !poison.has(id)));
    expect(await subscriptions.list()).toMatchObject([{ delivered: 47, deadLettered: 3 }]);

    // Again with one cured: that one is done, the others stay, and none is tried twice for one wish.
    poison.delete(ids[30]);
    expect(await subscriptions.redeliver('picky')).toBe(3);
    const left = await eventually(async () => {
      const found = await subscriptions.deadLetters({ subscription: 'picky' });
      return found.length === 2 && found.every(({ replayRequestedAt }) => replayRequestedAt === null) && found;
    });
    expect(left.map(({ attempts }) => attempts)).toEqual([4, 4]);
    expect(good.at(-1)).toBe(ids[30]);
    expect(await subscriptions.deadLetters({ replayed: true })).toHaveLength(3);
    poison.clear();
    expect(await subscriptions.redeliver('picky', [left[0]?.id ?? ''])).toBe(1);
    await eventually(async () => (await subscriptions.deadLetters()).length === 1);
  });

  test('at everything is not asked about each event', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    let calls = 0;
    const handler = async () => {
      calls += 1;
      throw new Error('out of order');
    };
    subscriptions.onEventStored('*', handler, { name: 'broken', fromStart: true });
    subscriptions.start();
    await world.store(100);
    await eventually(async () => (await subscriptions.list())[0]?.deadLettered === 100);
    expect(calls).toBeLessThan(60);
    const letters = await subscriptions.deadLetters();
    expect(new Set(letters.flatMap(({ eventIds }) => eventIds)).size).toBe(100);
  });

  test('down with its process each time gets the batch a limited number of times', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const note = noting();
    const handle = subscriptions.onEventStored('*', note.handler, { name: 'fatal' });
    subscriptions.start();
    await handle.ready;
    await handle.stop();
    const ids = await world.store(3);
    // Attempts are counted before they are made; these ended with their process.
    const { maxAttempts } = AT_ONCE;
    await world.prisma.eventSubscription.update({ where: { name: 'fatal' }, data: { attempts: maxAttempts + 3 } });
    subscriptions.onEventStored('*', note.handler, { name: 'fatal' });
    const [letter] = await eventually(async () => {
      const found = await subscriptions.deadLetters();
      return found.length > 0 && found;
    });
    expect(letter).toMatchObject({ eventIds: ids, error: expect.stringContaining('process ended') });
    expect(note.ids()).toEqual([]);
  });
});

describe('stopping', () => {
  test('finishes the batch in hand, and begins no other', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const [entered, hold] = [gate(), gate()];
    const note = noting();
    const handler = async (events: readonly { id: string }[]) => {
      entered.open();
      await hold.passed;
      note.handler(events);
    };
    subscriptions.onEventStored('*', handler, { name: 'all', fromStart: true, batchSize: 2 });
    subscriptions.start();
    const ids = await world.store(10);
    await entered.passed;
    const stopped = subscriptions.stop();
    hold.open();
    await stopped;
    expect(note.ids()).toEqual(ids.slice(0, 2));
    expect(await subscriptions.list()).toMatchObject([{ delivered: 2, attempts: 0 }]);
    expect(await world.prisma.eventSubscription.count({ where: { lease: null } })).toBe(1);
  });

  test('gives up at its deadline', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const [entered, hold] = [gate(), gate()];
    const handler = async () => {
      entered.open();
      await hold.passed;
    };
    subscriptions.onEventStored('*', handler, { name: 'all', fromStart: true });
    subscriptions.start();
    await world.store(1);
    await entered.passed;
    await subscriptions.stop(50);
    hold.open();
    await eventually(async () => (await subscriptions.list())[0]?.delivered === 1);
  });
});

describe('a database that was restored from a dump', () => {
  test('is told of, and a restart from the oldest row goes on', async () => {
    await using world = await openSubscriptionWorld();
    const subscriptions = world.subscriptions();
    const note = noting();
    const handle = subscriptions.onEventStored('*', note.handler, { name: 'ahead' });
    subscriptions.start();
    await handle.ready;
    await world.prisma.$executeRaw`
      UPDATE event_subscriptions SET done = '1000000:1000000:', lease = NULL, leased_until = NULL`;
    const ids = await world.store(2);
    await world.prisma.$executeRaw`UPDATE event_log SET xid = xid + 2000000`;
    await eventually(async () => (await subscriptions.list())[0]?.lastError?.includes('ahead of the database'));
    expect(note.ids()).toEqual([]);
    await subscriptions.restart('ahead', 'oldest');
    await eventually(() => note.ids().length === 2);
    expect(note.ids()).toEqual(ids);
    // Rows of the dump, whose transactions are yet to come here, are behind whoever starts from now.
    await world.store(2);
    await world.prisma.$executeRaw`UPDATE event_log SET xid = xid + 2000000`;
    await subscriptions.restart('ahead', 'now');
    expect(await world.prisma.eventLog.count({ where: { xid: { gt: 2_000_000 } } })).toBe(0);
    const more = await world.store(1);
    await eventually(() => note.ids().length === 3);
    expect(note.ids()).toEqual([...ids, ...more]);
    await expect(subscriptions.restart('nobody', 'now')).rejects.toMatchObject({ code: 'unknown_subscription' });
  });
});
