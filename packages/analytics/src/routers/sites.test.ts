import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { MOST_KEYS } from '@tallymark/contract/site-keys';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createSamplingRouter } from './sampling.ts';
import { createSitesRouter } from './sites.ts';
import { createCallerFactory, router } from './trpc.ts';

const createCaller = createCallerFactory(router({ sites: createSitesRouter(), sampling: createSamplingRouter() }));
const NO_SITE = '00000000-0000-7000-8000-0000000000aa';
const NO_KEY = `tm_${'x'.repeat(22)}`;

async function callerOf(world: ReportWorld, session: { userId: string; role: string } | null) {
  const operations = { reports: { ...world.deps, defaultSiteId: DEFAULT_SITE_ID } };
  return createCaller({ requestContext: { session }, operations, eventIngestion: await world.service() });
}

const admin = { userId: 'root', role: 'admin' };
const codeOf = (work: Promise<unknown>) =>
  work.catch((error: unknown) => (error instanceof TRPCError ? error.code : error));

describe('sites', () => {
  test('are made, renamed and given hosts by an admin', async () => {
    await using world = await openReportWorld();
    const { sites } = await callerOf(world, admin);
    const made = await sites.create({ name: ' Shop ' });
    expect(made).toMatchObject({ name: 'Shop', tenantId: DEFAULT_TENANT_ID, hosts: [], keys: 0 });
    expect(made.createdAt).toBe(world.clock.now.toISOString());
    const { siteId } = made;
    expect(await sites.rename({ siteId: siteId.toUpperCase(), name: 'Cards' })).toMatchObject({
      siteId,
      name: 'Cards',
    });
    expect((await sites.hosts({ siteId, hosts: ['www.Shop.example'] })).hosts).toEqual(['www.shop.example']);
    expect((await sites.hosts({ siteId, hosts: [] })).hosts).toEqual([]);
    expect((await sites.list()).sites.map(({ name }) => name)).toEqual(['Cards', 'Default site']);
    expect(await codeOf(sites.create({ name: 'x', tenantId: NO_SITE }))).toBe('NOT_FOUND');
    expect(await codeOf(sites.rename({ siteId: NO_SITE, name: 'x' }))).toBe('NOT_FOUND');
    expect(await codeOf(sites.hosts({ siteId: NO_SITE, hosts: [] }))).toBe('NOT_FOUND');
    expect(await codeOf(sites.create({ name: '  ' }))).toBe('BAD_REQUEST');
    expect(await codeOf(sites.hosts({ siteId, hosts: ['https://shop.example'] }))).toBe('BAD_REQUEST');
  });

  test('have keys, which are made, changed and revoked for good', async () => {
    await using world = await openReportWorld();
    const { sites } = await callerOf(world, admin);
    const siteId = DEFAULT_SITE_ID;
    const made = await sites.createKey({ siteId, name: 'Browser', origins: ['https://Shop.example/'] });
    expect(made).toMatchObject({ siteId, name: 'Browser', origins: ['https://shop.example'], lastSeenAt: null });
    expect(made.key).toMatch(/^tm_[A-Za-z0-9_-]{22}$/);
    const other = await sites.createKey({ siteId, name: 'App' });
    expect(other.key).not.toBe(made.key);
    expect(await sites.renameKey({ key: made.key, name: 'Web' })).toEqual({ ...made, name: 'Web' });
    expect((await sites.setOrigins({ key: made.key, origins: [] })).origins).toEqual([]);
    expect((await sites.keys({ siteId })).keys).toHaveLength(2);
    const revoked = await sites.revokeKey({ key: made.key });
    expect(revoked.revokedAt).toBe(world.clock.now.toISOString());
    expect((await sites.keys({ siteId })).keys.map(({ name }) => name)).toEqual(['App', 'Web']);
    expect((await sites.list()).sites[0]?.keys).toBe(1);
    for (const key of [made.key, NO_KEY]) {
      expect(await codeOf(sites.revokeKey({ key }))).toBe('NOT_FOUND');
      expect(await codeOf(sites.setOrigins({ key, origins: [] }))).toBe('NOT_FOUND');
      expect(await codeOf(sites.renameKey({ key, name: 'x' }))).toBe('NOT_FOUND');
    }
    expect(await codeOf(sites.createKey({ siteId: NO_SITE, name: 'x' }))).toBe('NOT_FOUND');
    expect(await codeOf(sites.keys({ siteId: NO_SITE }))).toBe('NOT_FOUND');
    expect(await codeOf(sites.setOrigins({ key: other.key, origins: ['*'] }))).toBe('BAD_REQUEST');
    for (let keys = 1; keys < MOST_KEYS; keys += 1) await sites.createKey({ siteId, name: `n ${keys}` });
    expect(await codeOf(sites.createKey({ siteId, name: 'one too many' }))).toBe('CONFLICT');
  });

  test('and sampling are nothing for a stranger, a viewer or an editor', async () => {
    await using world = await openReportWorld();
    await world.prisma.siteMember.createMany({
      data: ['viewer', 'editor'].map((role) => ({ siteId: DEFAULT_SITE_ID, userId: role, role })),
    });
    const { key } = await (await callerOf(world, admin)).sites.createKey({ siteId: DEFAULT_SITE_ID, name: 'Browser' });
    const before = [await world.prisma.site.findMany(), await world.prisma.siteKey.findMany()];
    for (const [session, code] of [
      [null, 'UNAUTHORIZED'],
      [{ userId: 'viewer', role: 'user' }, 'FORBIDDEN'],
      [{ userId: 'editor', role: 'user' }, 'FORBIDDEN'],
    ] as const) {
      const { sites, sampling } = await callerOf(world, session);
      const siteId = DEFAULT_SITE_ID;
      const codes = [
        await codeOf(sites.list()),
        await codeOf(sites.create({ name: 'x' })),
        await codeOf(sites.rename({ siteId, name: 'x' })),
        await codeOf(sites.hosts({ siteId, hosts: [] })),
        await codeOf(sites.keys({ siteId })),
        await codeOf(sites.createKey({ siteId, name: 'x' })),
        await codeOf(sites.renameKey({ key, name: 'x' })),
        await codeOf(sites.setOrigins({ key, origins: [] })),
        await codeOf(sites.revokeKey({ key })),
        await codeOf(sampling.list()),
        await codeOf(sampling.set({ eventType: 'scrolled', samplingRate: 0, alwaysKeep: false })),
      ];
      expect(new Set(codes), session?.userId).toEqual(new Set([code]));
    }
    expect([await world.prisma.site.findMany(), await world.prisma.siteKey.findMany()]).toEqual(before);
    expect(await world.prisma.throttlingConfig.count()).toBe(0);
  });
});

test('sampling set at run time stands beside that of the plan', async () => {
  await using world = await openReportWorld();
  const { sampling } = await callerOf(world, admin);
  const scrolled = async () => (await sampling.list()).types.find(({ eventType }) => eventType === 'scrolled');
  expect(await scrolled()).toMatchObject({ runTime: null });
  const rule = { samplingRate: 12.5, alwaysKeep: false };
  await sampling.set({ eventType: 'scrolled', ...rule });
  expect(await scrolled()).toMatchObject({ runTime: rule });
  expect(await codeOf(sampling.set({ eventType: 'eaten', ...rule }))).toBe('NOT_FOUND');
  expect(await codeOf(sampling.set({ eventType: 'scrolled', ...rule, samplingRate: 101 }))).toBe('BAD_REQUEST');
});
