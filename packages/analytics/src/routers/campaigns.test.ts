import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import { expect, test } from 'vitest';
import { campaignRow } from '../test-support/campaign-events.ts';
import { NOW } from '../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createCampaignsRouter } from './campaigns.ts';
import { entityProcedures } from './stats-entities.ts';
import { createCallerFactory, router } from './trpc.ts';

const routers = () => router({ campaigns: createCampaignsRouter(), stats: router(entityProcedures()) });
const period = { from: new Date(NOW.getTime() - 86_400_000).toISOString(), to: NOW.toISOString() };

async function callerFor(world: ReportWorld, session: { userId: string; role: string } | null) {
  return createCallerFactory(routers())({
    eventIngestion: await world.service(),
    requestContext: { session },
    operations: { reports: { ...world.deps, defaultSiteId: DEFAULT_SITE_ID } },
  });
}

test('a viewer of the site asks about campaigns and entities; nobody else does', async () => {
  await using world = await openReportWorld();
  const impression = { minutes: -60, part: 'impression', campaign: 'c', influencer: 'i', visitor: 'v' } as const;
  await world.record([campaignRow({ ...impression, rate: 50, count: 1, amount: 7, bot: false })]);
  await addSiteMember(world.prisma, { siteId: DEFAULT_SITE_ID, userId: 'ada', role: 'viewer' }, NOW);
  const { campaigns, stats } = await callerFor(world, { userId: 'ada', role: 'user' });
  const estimate = { value: 2, error: { reason: 'sampling' } };
  expect(await campaigns.impressions(period)).toMatchObject({
    scope: { siteId: DEFAULT_SITE_ID, ...period },
    rows: [{ campaignId: 'c', influencerId: null, impressions: estimate, cost: { value: 14 }, clickRate: 0 }],
  });
  expect((await campaigns.conversions(period)).rows[0]).not.toHaveProperty('clickRate');
  expect((await campaigns.statistics({ ...period, by: 'influencer' })).rows).toMatchObject([
    { campaignId: null, influencerId: 'i', impressions: estimate, conversionRate: null },
  ]);
  expect(await stats.entities({ ...period, entityType: 'campaign' })).toMatchObject({
    rows: [],
    total: { entities: 0 },
  });
  expect((await stats.entity({ ...period, entityType: 'campaign', entityId: 'x' })).days).toHaveLength(2);
  const backwards = { from: period.to, to: period.from };
  await expect(campaigns.statistics(backwards)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  for (const [session, code] of [
    [{ userId: 'bob', role: 'user' }, 'FORBIDDEN'],
    [null, 'UNAUTHORIZED'],
  ] as const) {
    const nobody = await callerFor(world, session);
    await expect(nobody.campaigns.impressions(period)).rejects.toMatchObject({ code });
    await expect(nobody.stats.entities({ ...period, entityType: 'asset' })).rejects.toMatchObject({ code });
  }
});
