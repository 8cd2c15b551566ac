import { PIPELINE_FIGURES } from '@tallymark/contract/alerts';
import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { ADMIN, type AlertWorld, openAlertWorld, PAGE_VIEWS } from '../alert/test-support/alert-world.ts';
import { AuditLog } from '../operate/audit.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { createAlertsRouter } from './alerts.ts';
import { createCallerFactory, router } from './trpc.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000ff';
const UNKNOWN = '00000000-0000-7000-8000-0000000000aa';
const createCaller = createCallerFactory(router({ alerts: createAlertsRouter() }));
const user = (userId: string) => ({ userId, role: 'user' });
const RULE = { name: 'Views', ...PAGE_VIEWS };
const PIPELINE = { ...RULE, source: { kind: 'pipeline', figure: 'dead_letters' } } as const;
const PIPELINE_RULE = { source: PIPELINE.source, condition: PIPELINE.condition };
const HOOK = 'https://hooks.example/alerts?token=of-the-receiver';

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'let in',
    (error: unknown) => (error instanceof TRPCError ? error.code : error),
  );

async function openSites(options?: { readonly readyMade: boolean }) {
  const world = await openAlertWorld(options);
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'Another site' } });
  const member = (siteId: string, userId: string, role: string) =>
    world.prisma.siteMember.create({ data: { siteId, userId, role } });
  await member(DEFAULT_SITE_ID, 'viewer', 'viewer');
  await member(DEFAULT_SITE_ID, 'editor', 'editor');
  await member(OTHER_SITE, 'neighbour', 'editor');
  return world;
}

function callerOf(world: AlertWorld, session: { userId: string; role: string } | null) {
  const audit = new AuditLog({ store: world.prisma, hashSalt: 'salt', log: LOG, now: () => world.clock.now });
  const reports = { ...world.deps, defaultSiteId: DEFAULT_SITE_ID };
  const operations = { reports, alerts: world.alerts, audit };
  return createCaller({ requestContext: { session }, operations, eventIngestion: {} as never }).alerts;
}

describe('rules of a site', () => {
  test('are for its members to see, for its editors to save, and for nobody else', async () => {
    await using world = await openSites();
    const outcomes = async (session: Parameters<typeof callerOf>[1]) => {
      const { alert } = await callerOf(world, ADMIN).save({ ...RULE, webhookUrl: HOOK });
      const alerts = callerOf(world, session);
      const { id } = alert;
      const site = { siteId: DEFAULT_SITE_ID };
      return {
        list: await codeOf(alerts.list(site)),
        history: await codeOf(alerts.history(site)),
        save: await codeOf(alerts.save({ ...RULE, ...site })),
        // What has no past is refused to whoever may try it.
        tryOut: await codeOf(alerts.tryOut({ ...PIPELINE_RULE, ...site })),
        change: await codeOf(alerts.change({ id, name: 'Another name' })),
        rotateSecret: await codeOf(alerts.rotateSecret({ id })),
        remove: await codeOf(alerts.remove({ id })),
      };
    };
    const all = (see: string, change: string) => ({
      ...{ list: see, history: see },
      ...{ save: change, change, rotateSecret: change, remove: change },
      tryOut: change === 'let in' ? 'BAD_REQUEST' : change,
    });
    expect(await outcomes(ADMIN)).toEqual(all('let in', 'let in'));
    expect(await outcomes(user('editor'))).toEqual(all('let in', 'let in'));
    expect(await outcomes(user('viewer'))).toEqual(all('let in', 'FORBIDDEN'));
    expect(await outcomes(user('neighbour'))).toEqual(all('FORBIDDEN', 'FORBIDDEN'));
    expect(await outcomes(null)).toEqual(all('UNAUTHORIZED', 'UNAUTHORIZED'));
    const { change } = callerOf(world, user('editor'));
    expect(await codeOf(change({ id: UNKNOWN, name: 'x' }))).toBe('FORBIDDEN');
    expect(await codeOf(callerOf(world, ADMIN).change({ id: UNKNOWN, name: 'x' }))).toBe('NOT_FOUND');
  });

  test('tell nothing of another site, whatever their input says', async () => {
    await using world = await openSites();
    await world.record([pageView(-5, { siteId: OTHER_SITE })]);
    const editor = callerOf(world, user('editor'));
    const saved = await editor.save({ ...RULE, condition: { kind: 'no_data' } });
    expect(saved.alert.siteId).toBe(DEFAULT_SITE_ID);
    await world.round();
    expect((await editor.list())?.alerts).toMatchObject([{ id: saved.alert.id, state: 'firing', value: 0 }]);
    const inputs: Record<string, string>[] = [{ siteId: OTHER_SITE }, { from: '2026-01-01T00:00:00Z' }];
    for (const input of inputs) {
      expect(await codeOf(editor.save({ ...RULE, source: { ...RULE.source, input } }))).toBe('BAD_REQUEST');
    }
    for (const question of ['ops.overview', 'stats.byTenant', 'projections.list', 'members.list']) {
      const input: Record<string, string> = question === 'stats.byTenant' ? { tenantId: DEFAULT_TENANT_ID } : {};
      const source = { ...RULE.source, question, input };
      expect(await codeOf(editor.save({ ...RULE, source }))).toBe('BAD_REQUEST');
    }
    const neighbour = callerOf(world, user('neighbour'));
    expect((await neighbour.list({ siteId: OTHER_SITE })).alerts).toEqual([]);
    expect((await neighbour.history({ siteId: OTHER_SITE })).events).toEqual([]);
  });

  test('are saved only where they can be evaluated', async () => {
    await using world = await openSites();
    const { save, change } = callerOf(world, ADMIN);
    const { alert } = await save(RULE);
    expect(alert).toMatchObject({
      windowMinutes: 60,
      coolDownMinutes: 60,
      enabled: true,
      builtIn: false,
      state: 'ok',
      since: null,
    });
    const sources = [{ question: 'stats.nothing' }, { pointer: '/nobody' }, { input: { bots: 'robots' } }];
    for (const more of sources) {
      expect(await codeOf(save({ ...RULE, source: { ...RULE.source, ...more } }))).toBe('BAD_REQUEST');
      expect(await codeOf(change({ id: alert.id, source: { ...RULE.source, ...more } }))).toBe('BAD_REQUEST');
    }
    for (const webhookUrl of [
      'http://user:secret@hooks.example/',
      'http://169.254.169.254/latest',
      'ftp://hooks.example/',
    ]) {
      expect(await codeOf(save({ ...RULE, webhookUrl }))).toBe('BAD_REQUEST');
    }
    for (const odd of [
      { name: ' ' },
      { name: 'a\0b' },
      { windowMinutes: 0 },
      { source: { ...RULE.source, input: { filter: '\0' } } },
    ]) {
      expect(await codeOf(save({ ...RULE, ...odd }))).toBe('BAD_REQUEST');
    }
    const slashes = { ...RULE.source, pointer: `${'/'.repeat(150)}\0` };
    expect(await codeOf(save({ ...RULE, source: slashes }))).toBe('BAD_REQUEST');
    expect(await codeOf(change({ id: alert.id, source: PIPELINE.source }))).toBe('BAD_REQUEST');
    expect(await world.prisma.alertRule.count({ where: { builtIn: false } })).toBe(1);
  });
});

test('a secret is told once, with the webhook it is of', async () => {
  await using world = await openSites();
  const { save, change, rotateSecret, list } = callerOf(world, ADMIN);
  const first = await save({ ...RULE, webhookUrl: HOOK });
  expect(first.webhookSecret).toMatch(/^whsec_/);
  const { id } = first.alert;
  expect((await change({ id, name: 'Renamed' })).webhookSecret).toBeNull();
  expect((await change({ id, webhookUrl: HOOK })).webhookSecret).toBeNull();
  const rotated = await rotateSecret({ id });
  const moved = await change({ id, webhookUrl: 'https://hooks.example/other' });
  const secrets = [first, rotated, moved].map(({ webhookSecret }) => webhookSecret);
  expect(new Set(secrets).size).toBe(3);
  expect(moved.webhookSecret).toMatch(/^whsec_/);
  expect(JSON.stringify(await list())).not.toContain('whsec_');
  expect((await change({ id, webhookUrl: null })).alert).toMatchObject({ name: 'Renamed', webhookUrl: null });
  expect(await codeOf(rotateSecret({ id }))).toBe('BAD_REQUEST');
  const entries = await world.prisma.auditEntry.findMany({ orderBy: { id: 'asc' } });
  const done = ['save', 'change', 'change', 'rotateSecret', 'change', 'change'].map((what) => `alerts.${what}`);
  expect(entries.map(({ procedure }) => procedure)).toEqual(done);
  const written = JSON.stringify(entries.map(({ id: _id, ...entry }) => entry));
  expect(written).not.toMatch(/whsec_|of-the-receiver/);
  expect(written).toContain('hooks.example');
});

describe('rules about the pipeline', () => {
  test('are for admins alone', async () => {
    await using world = await openSites({ readyMade: true });
    const [ready] = await world.prisma.alertRule.findMany({ where: { builtIn: true } });
    const id = ready?.id ?? '';
    await world.ingestion.shutdown();
    await world.prisma.alertEvent.create({
      data: {
        alertId: id,
        name: 'Ready',
        at: world.clock.now,
        what: 'fired',
        state: 'firing',
        message: 'as made by a test',
      },
    });
    const seen = async (session: Parameters<typeof callerOf>[1]) => {
      const alerts = callerOf(world, session);
      return [(await alerts.list()).alerts.length, (await alerts.history({})).events.length];
    };
    expect(await seen(ADMIN)).toEqual([5, 1]);
    expect(await seen(user('editor'))).toEqual([0, 0]);
    const editor = callerOf(world, user('editor'));
    expect(await codeOf(editor.save(PIPELINE))).toBe('FORBIDDEN');
    expect(await codeOf(editor.change({ id, enabled: false }))).toBe('FORBIDDEN');
    expect(await codeOf(editor.remove({ id }))).toBe('FORBIDDEN');
    const admin = callerOf(world, ADMIN);
    for (const figure of PIPELINE_FIGURES) {
      const { alert } = await admin.save({
        ...PIPELINE,
        siteId: DEFAULT_SITE_ID,
        source: { kind: 'pipeline', figure },
      });
      expect(alert).toMatchObject({ siteId: null, builtIn: false });
      await admin.remove({ id: alert.id });
    }
    const change = { kind: 'change', direction: 'up', percent: 10 } as const;
    expect(await codeOf(admin.save({ ...PIPELINE, condition: change }))).toBe('BAD_REQUEST');
    expect(await codeOf(admin.tryOut(PIPELINE_RULE))).toBe('BAD_REQUEST');
  });

  test('that came with Tallymark can be changed and switched off, not removed', async () => {
    await using world = await openSites({ readyMade: true });
    const admin = callerOf(world, ADMIN);
    const { alerts } = await admin.list();
    expect(alerts.map(({ builtIn, enabled, state }) => [builtIn, enabled, state])).toEqual(
      Array.from({ length: 5 }, () => [true, true, 'ok']),
    );
    const id = alerts[0]?.id ?? '';
    const condition = { kind: 'above', than: 50 } as const;
    expect((await admin.change({ id, condition, enabled: false })).alert).toMatchObject({ condition, enabled: false });
    await expect(admin.remove({ id })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Switch it off'),
    });
    expect(await world.round()).toMatchObject({ evaluated: 4 });
  });
});

test('the history is told in pages, newest first, of one rule where asked, and outlives its rule', async () => {
  await using world = await openSites();
  const { save, remove, history, list } = callerOf(world, user('editor'));
  await world.record([pageView(-5)]);
  const first = await save({ ...RULE, name: 'b' });
  await save({ ...RULE, name: 'a' });
  const quiet = await save({ ...RULE, name: 'c', condition: { kind: 'no_data' } });
  const failing = await save({ ...RULE, name: 'd' });
  const source = { ...RULE.source, question: 'stats.nothing' };
  await world.prisma.alertRule.update({ where: { id: failing.alert.id }, data: { source } });
  await world.round();
  expect((await list()).alerts.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'a firing',
    'b firing',
    'd failing',
    'c ok',
  ]);
  await remove({ id: first.alert.id });
  const all = await history({});
  expect(all).toMatchObject({ nextCursor: null, events: [{}, {}, {}] });
  const page = await history({ limit: 2 });
  const rest = await history({ limit: 2, cursor: page.nextCursor });
  expect([...page.events, ...rest.events]).toEqual(all.events);
  expect(rest.nextCursor).toBeNull();
  expect((await history({ alertId: first.alert.id })).events).toMatchObject([{ what: 'fired', name: 'b', value: 1 }]);
  expect((await history({ alertId: quiet.alert.id })).events).toEqual([]);
});
