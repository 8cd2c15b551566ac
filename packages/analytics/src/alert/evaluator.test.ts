import type { AlertCondition } from '@tallymark/contract/alerts';
import { describe, expect, test } from 'vitest';
import { pageView, store } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { ADMIN, openAlertWorld, PAGE_VIEWS, signal } from './test-support/alert-world.ts';

const WEEK_MINUTES = 7 * 24 * 60;
const views = (minutes: number, count: number) =>
  Array.from({ length: count }, (_, n) => pageView(minutes + n / 100, { sessionId: `session-${minutes}-${n}` }));
const whats = (events: readonly { what: string }[]) => events.map(({ what }) => what);

describe('a rule', () => {
  test('fires by each condition, of its window alone, and only its', async () => {
    await using world = await openAlertWorld();
    await world.record([...views(-30, 6), ...views(-90, 5), ...views(-WEEK_MINUTES - 30, 4)]);
    const save = async (name: string, condition: AlertCondition, more = {}) =>
      world.save({ name, condition, windowMinutes: 60, ...more });
    await save('above', { kind: 'above', than: 5 });
    await save('not above', { kind: 'above', than: 6 });
    await save('below', { kind: 'below', than: 7 });
    await save('not below', { kind: 'below', than: 6 });
    await save('up', { kind: 'change', direction: 'up', percent: 50 });
    await save('not so much up', { kind: 'change', direction: 'up', percent: 51 });
    await save('down', { kind: 'change', direction: 'down', percent: 1 });
    await save('data', { kind: 'no_data' });
    await save('no data', { kind: 'no_data' }, { windowMinutes: 10 });
    const twoHours = { windowMinutes: 120 };
    await save('above in two hours', { kind: 'above', than: 10 }, twoHours);
    const filter = [{ field: 'page', op: 'is', value: '/nowhere' }];
    await save('filtered', { kind: 'no_data' }, { source: { ...PAGE_VIEWS.source, input: { filter } } });
    expect(await world.round()).toMatchObject({ evaluated: 11, notified: 6 });
    const rules = await world.prisma.alertRule.findMany({ where: { builtIn: false }, orderBy: { name: 'asc' } });
    expect(
      Object.fromEntries(rules.map(({ name, state, value, reference }) => [name, [state, value, reference]])),
    ).toEqual({
      above: ['firing', 6, null],
      'not above': ['ok', 6, null],
      below: ['firing', 6, null],
      'not below': ['ok', 6, null],
      up: ['firing', 6, 4],
      'not so much up': ['ok', 6, 4],
      down: ['ok', 6, 4],
      data: ['ok', 6, null],
      'no data': ['firing', 0, null],
      'above in two hours': ['firing', 11, null],
      filtered: ['firing', 0, null],
    });
    expect((await world.history()).map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        '/pageViews of stats.overview in 1 hour: 6; told above 5.',
        '/pageViews of stats.overview in 1 hour: 6, a week before 4, up by 50 %; told at 50 % up.',
        '/pageViews of stats.overview in 10 minutes: 0; told without data.',
      ]),
    );
  });

  test('is told once a change, again after each cool-down while it lasts, and once when it is over', async () => {
    await using world = await openAlertWorld();
    await world.record(views(0, 3));
    const { id } = await world.save({ windowMinutes: 100, coolDownMinutes: 30 });
    await world.round();
    expect(await world.history()).toEqual([]);
    for (const minute of [1, 2, 30, 31, 32, 60, 61, 62, 99]) {
      world.at(minute);
      await world.round();
    }
    const rule = await world.prisma.alertRule.findUniqueOrThrow({ where: { id } });
    expect(rule).toMatchObject({ state: 'firing', since: new Date(world.clock.now.getTime() - 98 * 60_000), value: 3 });
    for (const minute of [101, 102, 500]) {
      world.at(minute);
      await world.round();
    }
    expect(await world.history(id)).toMatchObject([
      { what: 'fired', value: 3 },
      { what: 'reminded', value: 3 },
      { what: 'reminded', value: 3 },
      { what: 'reminded', value: 3 },
      { what: 'resolved', value: 0 },
    ]);
  });

  test('takes no silence from events that are counted late', async () => {
    await using world = await openAlertWorld();
    const { prisma } = world;
    const { id: silent } = await world.save({ condition: { kind: 'no_data' } });
    const { id: loud } = await world.save(PAGE_VIEWS);
    const states = async () => {
      const rules = await prisma.alertRule.findMany({ where: { id: { in: [silent, loud] } } });
      return Object.fromEntries(rules.map(({ id, state, error }) => [id, [state, error]]));
    };
    await world.enrichment.enrichEvents(await store(prisma, [pageView(-1)]));
    await prisma.$executeRaw`UPDATE event_log SET logged_at = now() - interval '3 minutes'`;
    await world.round();
    expect(await states()).toEqual({
      [silent]: ['failing', expect.stringMatching(/counted 18\d s late/)],
      [loud]: ['ok', null],
    });
    await world.fold();
    await world.round();
    expect(await states()).toEqual({ [silent]: ['ok', null], [loud]: ['firing', null] });
  });

  test('whose figure nobody knows is failing, says why, and is never ok', async () => {
    await using world = await openAlertWorld();
    const rules = {
      unknown: { question: 'stats.nothing' },
      unscoped: { question: 'ops.storage' },
      refused: { input: { bots: 'robots' } },
      doubled: { input: { siteId: '00000000-0000-7000-8000-0000000000aa' } },
      pointer: { pointer: '/nobody' },
      text: { pointer: '/scope/siteId' },
    };
    for (const [name, more] of Object.entries(rules)) {
      const { id } = await world.save({ name });
      // As a rule of an older version may be.
      await world.prisma.alertRule.update({ where: { id }, data: { source: { ...PAGE_VIEWS.source, ...more } } });
    }
    const empty = {
      kind: 'question',
      question: 'stats.breakdown',
      input: { by: 'page' },
      pointer: '/rows/0/value',
    } as const;
    await world.save({ name: 'empty', source: empty });
    const sound = await world.save({ name: 'sound' });
    expect(await world.round()).toMatchObject({ evaluated: 8, notified: 7 });
    const found = await world.prisma.alertRule.findMany({ where: { builtIn: false, id: { not: sound.id } } });
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['failing']));
    expect(Object.fromEntries(found.map(({ name, error }) => [name, error]))).toEqual({
      unknown: expect.stringContaining('no question "stats.nothing"'),
      unscoped: expect.stringContaining('takes no siteId'),
      refused: expect.stringContaining('bots'),
      doubled: expect.stringContaining('Leave siteId out'),
      pointer: expect.stringContaining('no "nobody"'),
      text: expect.stringContaining('finds no number'),
      empty: expect.stringContaining('the list there has 0 entries'),
    });
    expect(await world.prisma.alertRule.findUnique({ where: { id: sound.id } })).toMatchObject({
      state: 'ok',
      error: null,
    });
  });

  test('that fails is told again after the cool-down, and recovers', async () => {
    await using world = await openAlertWorld();
    const { id } = await world.save({ coolDownMinutes: 10 });
    const late = { timeoutMs: 1_000, ask: () => new Promise<never>(() => {}) };
    await world.round(late);
    world.at(5);
    await world.round(late);
    world.at(10);
    await world.round(late);
    expect(await world.history(id)).toEqual([
      { what: 'failed', value: null, message: expect.stringContaining('No answer within 1 s.') },
      { what: 'failed', value: null, message: expect.stringContaining('No answer within 1 s.') },
    ]);
    world.at(11);
    await world.round();
    expect(whats(await world.history(id))).toEqual(['failed', 'failed', 'recovered']);
    expect(await world.prisma.alertRule.findUnique({ where: { id } })).toMatchObject({ state: 'ok', error: null });
  });

  test('ends when it is switched off or becomes another one, and what is found of the old one is not written', async () => {
    await using world = await openAlertWorld();
    await world.record(views(-5, 1));
    const { id } = await world.save({});
    await world.round();
    const ask = async (asked: Parameters<typeof world.ask>[0]) => {
      const answer = await world.ask(asked);
      await world.alerts.change({ id, condition: { kind: 'above', than: 100 } }, ADMIN);
      return answer;
    };
    expect(await world.round({ ask })).toMatchObject({ evaluated: 1, notified: 0 });
    expect(await world.prisma.alertRule.findUnique({ where: { id } })).toMatchObject({
      state: 'ok',
      evaluatedAt: null,
    });
    expect(whats(await world.history(id))).toEqual(['fired', 'resolved']);
    await world.alerts.change({ id, condition: PAGE_VIEWS.condition }, ADMIN);
    await world.round();
    await world.alerts.change({ id, enabled: false }, ADMIN);
    await world.round();
    expect(await world.history(id)).toMatchObject([
      { what: 'fired' },
      { what: 'resolved', message: 'Over: the rule was changed.' },
      { what: 'fired' },
      { what: 'resolved', message: 'Over: the rule was switched off.' },
    ]);
  });
});

describe('processes that evaluate', () => {
  test('take turns, and one that is killed holds up the others for a lease', async () => {
    await using world = await openAlertWorld();
    await world.record(views(-5, 1));
    const { id } = await world.save({});
    const rounds = await Promise.all(Array.from({ length: 5 }, () => world.round()));
    expect(rounds.filter((round) => round !== null).length).toBeGreaterThan(0);
    expect(whats(await world.history(id))).toEqual(['fired']);
    await world.prisma.$executeRaw`
      UPDATE alert_turns SET lease = gen_random_uuid(), leased_until = clock_timestamp() + interval '1 minute'`;
    expect(await world.round()).toBeNull();
    await world.prisma.$executeRaw`UPDATE alert_turns SET leased_until = clock_timestamp() - interval '1 second'`;
    expect(await world.round()).toMatchObject({ evaluated: 1 });
  });

  test('that both believe it is their turn tell a change once', async () => {
    await using world = await openAlertWorld();
    await world.record(views(-5, 1));
    const { id } = await world.save({});
    let other: Promise<unknown> | null = null;
    const ask = async (asked: Parameters<typeof world.ask>[0]) => {
      const answer = await world.ask(asked);
      // It stood still for so long that its lease has gone to another.
      await world.prisma.$executeRaw`UPDATE alert_turns SET leased_until = clock_timestamp() - interval '1 second'`;
      other ??= world.round();
      await other;
      return answer;
    };
    expect(await world.round({ ask, leaseMs: 60_000 })).toMatchObject({ notified: 0 });
    expect(await other).toMatchObject({ evaluated: 1, notified: 1 });
    expect(whats(await world.history(id))).toEqual(['fired']);
  });

  test('begin with the rules that the round before did not come to', async () => {
    await using world = await openAlertWorld();
    for (let n = 0; n < 6; n += 1) await world.save({ name: `Rule ${n}` });
    const evaluated = async () =>
      (await world.prisma.alertRule.findMany({ where: { evaluatedAt: { not: null } } })).length;
    const slow = async (asked: Parameters<typeof world.ask>[0]) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return world.ask(asked);
    };
    for (let rounds = 0; (await evaluated()) < 6; rounds += 1) {
      expect(rounds).toBeLessThan(6);
      expect((await world.round({ ask: slow, budgetMs: 50 }))?.evaluated).toBe(2);
      world.at(rounds + 1);
    }
  });

  test('forget what happened more than a year ago, and a process that stops leaves no rule failing', async () => {
    await using world = await openAlertWorld();
    const { id } = await world.save({});
    const event = { alertId: id, name: 'Rule', what: 'fired', state: 'firing', message: '', logged: true };
    const times = ['2025-11-15T11:59:59Z', '2025-11-15T12:00:00Z'];
    await world.prisma.alertEvent.createMany({ data: times.map((at) => ({ ...event, at: new Date(at) })) });
    expect(await world.round()).toMatchObject({ removed: 1 });
    expect(await world.prisma.alertEvent.findMany()).toMatchObject([{ at: new Date(times[1] ?? '') }]);
    const stop = new AbortController();
    const ask = async () => {
      stop.abort();
      throw new Error('The connection ended.');
    };
    await expect(world.evaluator({ ask }).evaluateAll({ log: LOG, signal: stop.signal })).rejects.toThrow();
    expect(await world.prisma.alertRule.findUnique({ where: { id } })).toMatchObject({ state: 'ok' });
    // Its turn is free at once.
    expect(await world.evaluator().evaluateAll({ log: LOG, signal })).toMatchObject({ evaluated: 1 });
  });
});
