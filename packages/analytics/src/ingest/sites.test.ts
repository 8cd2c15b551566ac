import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openWorld, viewed } from '../test-support/ingestion-world.ts';

const UNKNOWN = { status: 'rejected', reason: 'unknown_site', retryable: false };

test('a site decides the tenant; one that is malformed, unknown or of another tenant takes no event', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const [mine, theirs] = [randomUUID(), randomUUID()];
  await world.prisma.tenant.create({ data: { id: theirs, name: 'theirs' } });
  await world.prisma.site.create({ data: { id: mine, tenantId: theirs, name: 'site' } });
  const { defaultTenantId, defaultSiteId } = service.config;
  const answers = async (siteId: string | null, tenantId: string | null) => {
    const [receipt] = await service.ingestPublic([viewed()], { siteId, tenantId });
    return receipt;
  };
  expect(await answers(null, null)).toMatchObject({ status: 'accepted' });
  expect(await answers(defaultSiteId, defaultTenantId)).toMatchObject({ status: 'accepted' });
  expect(await answers(mine, null)).toMatchObject({ status: 'accepted' });
  expect(await answers(mine.toUpperCase(), theirs.toUpperCase())).toMatchObject({ status: 'accepted' });
  expect(await answers(mine, defaultTenantId)).toMatchObject(UNKNOWN);
  expect(await answers(defaultSiteId, theirs)).toMatchObject(UNKNOWN);
  expect(await answers(null, theirs)).toMatchObject(UNKNOWN);
  expect(await answers(randomUUID(), null)).toMatchObject(UNKNOWN);
  for (const malformed of ['', 'x', "' OR 1=1 --", '\0', '\ud800', 'x'.repeat(10_000), '__proto__']) {
    expect(await answers(malformed, null), malformed).toMatchObject(UNKNOWN);
    expect(await answers(null, malformed), malformed).toMatchObject(UNKNOWN);
  }
  await service.forceFlush();
  const rows = await world.prisma.event.groupBy({ by: ['siteId', 'tenantId'], _count: true });
  expect(rows).toHaveLength(2);
  expect(rows).toContainEqual({ siteId: mine, tenantId: theirs, _count: 2 });
  expect(rows).toContainEqual({ siteId: defaultSiteId, tenantId: defaultTenantId, _count: 2 });
});

test('server code may give an event a context of its own, which wins field by field', async () => {
  await using world = await openWorld();
  const service = await world.service();
  const request = { correlationId: 'request', session: { userId: 'user-1', role: 'user' } };
  const receipts = await service.ingestBatch(
    [
      viewed(),
      { ...viewed(), context: { session: null }, actorId: 'cron' },
      { ...viewed(), context: { siteId: randomUUID() } },
      { ...viewed(), actorId: 'user-2' },
    ],
    request,
  );
  expect(receipts).toMatchObject([
    { status: 'accepted' },
    { status: 'accepted' },
    UNKNOWN,
    { status: 'rejected', reason: 'actor_mismatch' },
  ]);
  await service.forceFlush();
  const rows = await world.prisma.event.findMany({ orderBy: { actorId: 'asc' } });
  expect(rows).toMatchObject([
    { actorId: 'cron', correlationId: 'request' },
    { actorId: 'user-1', correlationId: 'request' },
  ]);
});
