import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import type { AnyProcedure } from '@trpc/server';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createTallymarkRouter } from '../routers/tallymark.ts';
import { createCallerFactory, enterInAuditLog, type TallymarkContext } from '../routers/trpc.ts';
import { LOG } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { type AuditDeps, AuditLog } from './audit.ts';
import { changeOf, targetOf } from './audit-change.ts';

const appRouter = createTallymarkRouter<DemoPlan>(demoPlan);
const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, AnyProcedure>>;
const createCaller = createCallerFactory(appRouter);
const YEAR_MS = 365 * 86_400_000;
const root = { userId: 'root', role: 'admin' };

const auditOf = ({ prisma, clock }: ReportWorld, more: Partial<AuditDeps> = {}) =>
  new AuditLog({ store: prisma, hashSalt: 'salt of the tests', log: LOG, now: () => clock.now, ...more });

async function callerOf(world: ReportWorld, audit: AuditLog, session: { userId: string; role: string } | null = root) {
  const operations = { reports: { ...world.deps, defaultSiteId: DEFAULT_SITE_ID }, audit };
  const requestContext = { session, ipAddress: '203.0.113.9', correlationId: 'c-1' };
  // The other services are not asked for here.
  const context: TallymarkContext = { requestContext, operations, eventIngestion: await world.service() };
  return createCaller(context as Parameters<typeof createCaller>[0]);
}

/** Everybody who sends events, and the editors of a site. */
const OPEN = ['eventIngestion.track', 'eventIngestion.trackBatch', 'stats.segments.'];
const entered = ({ _def }: AnyProcedure) =>
  (_def as unknown as { middlewares: readonly unknown[] }).middlewares.includes(enterInAuditLog._middlewares[0]);

describe('what an admin changed', () => {
  test('is entered with who, what, on what and from where', async () => {
    await using world = await openReportWorld();
    const audit = auditOf(world);
    const { sites, members, sampling, eventIngestion } = await callerOf(world, audit);
    const siteId = DEFAULT_SITE_ID;
    const site = await sites.create({ name: 'Shop' });
    await sites.rename({ siteId, name: 'Studio' });
    await sites.hosts({ siteId, hosts: ['a.example'] });
    const { key } = await sites.createKey({ siteId, name: 'Browser', origins: ['https://a.example'] });
    await sites.renameKey({ key, name: 'Web' });
    await sites.setOrigins({ key, origins: [] });
    await sites.revokeKey({ key });
    await members.add({ siteId, userId: 'ada', role: 'viewer' });
    await members.change({ siteId, userId: 'ada', role: 'editor' });
    await members.remove({ siteId, userId: 'ada' });
    await sampling.set({ eventType: 'scrolled', samplingRate: 10, alwaysKeep: false });
    await eventIngestion.forceFlush();
    const { entries } = await audit.list({});
    expect(entries.map(({ procedure, target }) => [procedure, target])).toEqual([
      ['eventIngestion.forceFlush', null],
      ['sampling.set', 'eventType: scrolled'],
      ['members.remove', `siteId: ${siteId}, userId: ada`],
      ['members.change', `siteId: ${siteId}, userId: ada`],
      ['members.add', `siteId: ${siteId}, userId: ada`],
      ['sites.revokeKey', `siteId: ${siteId}, key: ${key}, name: Web`],
      ['sites.setOrigins', `siteId: ${siteId}, key: ${key}, name: Web`],
      ['sites.renameKey', `siteId: ${siteId}, key: ${key}, name: Web`],
      ['sites.createKey', `siteId: ${siteId}, key: ${key}, name: Browser`],
      ['sites.hosts', `siteId: ${siteId}, name: Studio`],
      ['sites.rename', `siteId: ${siteId}, name: Studio`],
      ['sites.create', `siteId: ${site.siteId}, name: Shop`],
    ]);
    const at = world.clock.now.toISOString();
    expect(entries[1]).toMatchObject({ at, userId: 'root', correlationId: 'c-1' });
    expect(entries[1]?.change).toEqual({ eventType: 'scrolled', samplingRate: 10, alwaysKeep: false });
    expect(entries[1]?.addressHash).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(JSON.stringify(entries)).not.toContain('203.0.113');
  });

  test('is entered by every mutation but those that others may call too', () => {
    const mutations = Object.entries(procedures).filter(([, { _def }]) => _def.type === 'mutation');
    const admins = mutations.filter(([, procedure]) => entered(procedure));
    const others = mutations.filter(([, procedure]) => !entered(procedure)).map(([name]) => name);
    expect(others.filter((name) => !OPEN.some((open) => name.startsWith(open)))).toEqual([]);
    expect(admins.length).toBeGreaterThan(20);
  });

  test('is not entered where it was refused, or did not happen', async () => {
    await using world = await openReportWorld();
    const audit = auditOf(world);
    const siteId = DEFAULT_SITE_ID;
    for (const session of [null, { userId: 'ada', role: 'user' }]) {
      const { sites } = await callerOf(world, audit, session);
      await expect(sites.rename({ siteId, name: 'x' })).rejects.toThrow();
    }
    const { sites } = await callerOf(world, audit);
    await expect(sites.rename({ siteId, name: '' })).rejects.toThrow();
    await expect(sites.revokeKey({ key: `tm_${'x'.repeat(22)}` })).rejects.toThrow();
    await sites.list();
    expect(await audit.list({})).toEqual({ entries: [], nextCursor: null });
  });

  test('happens, and is in the log, where it cannot be entered', async () => {
    await using world = await openReportWorld();
    const lines: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    await world.prisma.$executeRaw`ALTER TABLE audit_log RENAME TO audit_log_gone`;
    const { sites } = await callerOf(world, auditOf(world, { log }));
    expect(await sites.rename({ siteId: DEFAULT_SITE_ID, name: 'Studio' })).toMatchObject({ name: 'Studio' });
    expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({
      msg: 'an admin action is missing from the audit log',
      procedure: 'sites.rename',
      userId: 'root',
      correlationId: 'c-1',
    });
  });
});

describe('the audit log', () => {
  test('is told in pages, by admin and by procedure', async () => {
    await using world = await openReportWorld();
    const audit = auditOf(world);
    for (const [userId, procedure] of [
      ['ada', 'sites.rename'],
      ['bob', 'sites.create'],
      ['ada', 'sitesAndMore.create'],
      ['ada', 'members.add'],
      ['bob', 'sites.rename'],
    ] as const) {
      const requestContext = { session: { userId, role: 'admin' } };
      await audit.record({ procedure, input: { n: 1 }, output: undefined, requestContext });
    }
    const told = async (query: Parameters<typeof audit.list>[0]) =>
      (await audit.list(query)).entries.map(({ userId, procedure }) => `${userId} ${procedure}`);
    expect(await told({ procedure: 'sites' })).toEqual(['bob sites.rename', 'bob sites.create', 'ada sites.rename']);
    expect(await told({ procedure: 'sites.rename', userId: 'ada' })).toEqual(['ada sites.rename']);
    const first = await audit.list({ limit: 3 });
    expect(first.entries).toHaveLength(3);
    const second = await audit.list({ limit: 3, cursor: first.nextCursor });
    expect(second.entries.map(({ procedure }) => procedure)).toEqual(['sites.create', 'sites.rename']);
    expect(second.nextCursor).toBeNull();
  });

  test('tells of a year', async () => {
    await using world = await openReportWorld();
    const requestContext = { session: root };
    const enter = (audit: AuditLog, procedure: string) =>
      audit.record({ procedure, input: null, output: null, requestContext });
    const audit = auditOf(world);
    await enter(audit, 'a.old');
    world.clock.now = new Date(world.clock.now.getTime() + YEAR_MS);
    expect((await audit.list({})).entries).toHaveLength(1);
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    expect((await audit.list({})).entries).toEqual([]);
    // Removing it is a job's work: an admin waits for nobody's old entries.
    await enter(audit, 'a.new');
    expect(await world.prisma.auditEntry.count()).toBe(2);
  });

  test.each([
    ['a stranger', null, 'UNAUTHORIZED'],
    ['a viewer', { userId: 'ada', role: 'user' }, 'FORBIDDEN'],
  ])('is not for %s', async (_who, session, code) => {
    await using world = await openReportWorld();
    const { audit } = await callerOf(world, auditOf(world), session);
    await expect(audit.list()).rejects.toMatchObject({ code });
  });
});

describe('a change', () => {
  test('holds no secrets', () => {
    const input = {
      name: 'shop',
      url: 'https://hooks.example/services/T0/secret?token=1',
      secret: 'whsec_1',
      options: { apiToken: 'x', Password: { is: 'y' }, keep: [1, { clientSecret: 'z' }] },
    };
    expect(changeOf(input)).toEqual({
      name: 'shop',
      url: 'hooks.example',
      secret: '(not recorded)',
      options: {
        apiToken: '(not recorded)',
        Password: '(not recorded)',
        keep: [1, { clientSecret: '(not recorded)' }],
      },
    });
    expect(targetOf({ name: 'shop' }, { secret: 'whsec_1' })).toBe('name: shop');
  });

  test('is JSON that Postgres takes, of a size that somebody reads', () => {
    const endless: Record<string, unknown> = {};
    endless.again = endless;
    expect(JSON.stringify(changeOf(endless)).length).toBeLessThan(100);
    expect(changeOf({ a: 'x\0y\ud800', b: 1n, c: Number.NaN, d: new Date(0), e: undefined })).toEqual({
      ...{ a: 'xy\ufffd', b: '1', c: 'NaN', d: '1970-01-01T00:00:00.000Z', e: null },
    });
    const large = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`n${n}`, 'x'.repeat(10_000)]));
    expect(changeOf(large)).toBe('(too large to be recorded)');
    expect(changeOf(undefined)).toBeNull();
  });
});
