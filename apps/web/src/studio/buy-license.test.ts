import { randomUUID } from 'node:crypto';
import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { studioSnapshotReaders as snapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { connectRedis } from '@tallymark/redis/connect';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { buyLicense, type Purchase } from './buy-license.ts';
import { TERMS, TERRITORIES } from './license-terms.ts';
import { recordDownload } from './record-download.ts';
import { requestPayout } from './request-payout.ts';
import { StudioError } from './studio-error.ts';

const NOW = new Date();
const visit = {
  userId: null,
  event: { sessionId: 'session-of-the-test' },
  context: { visitorId: 'visitor-of-the-test' },
  campaignId: 'night-market',
};

async function studio() {
  const [database, redis] = await Promise.all([cloneDatabase(), testRedis()]);
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 3, applicationName: 'studio-test' });
  const connection = connectRedis({ url: redis.url, prefix: redis.prefix, name: 'studio-test' });
  const eventIngestion = new EventIngestionService(prisma, connection, null, {
    ...{ plan: demoPlan, snapshotReaders, hashSalt: 'a salt of the tests', runFlusher: false },
    log: pino({ level: 'silent' }),
    now: () => NOW,
  });
  const owner = await prisma.user.create({ data: { name: 'Owner', email: 'owner@studio.example' } });
  const work = { assetType: 'photograph', mimeType: 'image/png', fileSize: 1, priceCents: 10_000, ownerId: owner.id };
  const asset = await prisma.ipAsset.create({ data: { ...work, title: 'Harbour', status: 'approved' } });
  const draft = await prisma.ipAsset.create({ data: { ...work, title: 'Draft', status: 'draft' } });
  const terms = TERMS[0];
  const territory = TERRITORIES.find(({ id }) => id === 'europe') ?? TERRITORIES[0];
  const purchase: Purchase = { assetId: asset.id, licensee: 'Saltwater Coffee', terms, territory };
  return {
    deps: { prisma, eventIngestion, now: () => NOW },
    ...{ prisma, owner, asset, draft, purchase },
    types: async () => (await prisma.event.findMany({ orderBy: { eventType: 'asc' } })).map((event) => event.eventType),
    [Symbol.asyncDispose]: async () => {
      await eventIngestion.shutdown();
      connection.disconnect();
      await prisma.$disconnect();
      await redis[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

it('sells a license with its events, in the visit of the buyer', async () => {
  await using world = await studio();
  const { licenseId, feeCents } = await buyLicense(world.deps, world.purchase, visit);
  expect(feeCents).toBe(10_000);
  expect(await world.prisma.license.findUnique({ where: { id: licenseId } })).toMatchObject({
    licensee: 'Saltwater Coffee',
    signedAt: NOW,
  });
  expect(await world.types()).toEqual(['campaign_conversion', 'license_created', 'license_signed']);
  const created = await world.prisma.event.findFirst({
    where: { eventType: 'license_created' },
    include: { attribution: true },
  });
  expect(created).toMatchObject({ entityId: licenseId, ...visit.event, ...visit.context });
  expect(created?.propsJson).toMatchObject({ assetId: world.asset.id, feeCents });
});

it('sells nothing and tracks nothing where the database refuses the purchase at its end', async () => {
  await using world = await studio();
  await world.prisma.$executeRaw`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      -- By now the events are written too.
      IF (SELECT count(*) FROM events) = 3 THEN RAISE EXCEPTION 'refused by the test'; END IF;
      RETURN NULL;
    END $$`;
  await world.prisma.$executeRaw`
    CREATE CONSTRAINT TRIGGER refuse_license AFTER INSERT ON licenses DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse()`;
  await expect(buyLicense(world.deps, world.purchase, visit)).rejects.toThrow(/refused by the test/);
  expect(await world.prisma.license.count()).toBe(0);
  expect(await world.types()).toEqual([]);
});

it('sells no work that is not approved or not there, and says what to do', async () => {
  await using world = await studio();
  const buy = (assetId: string) => buyLicense(world.deps, { ...world.purchase, assetId }, visit);
  await expect(buy(world.draft.id)).rejects.toThrow(/pick another one/);
  await expect(buy(randomUUID())).rejects.toThrow(StudioError);
  expect(await world.types()).toEqual([]);
});

it('notes a download with its event', async () => {
  await using world = await studio();
  const taken = { assetId: world.asset.id, licenseId: null, format: 'svg', fileSize: 900 };
  await recordDownload(world.deps, taken, visit);
  expect(await world.prisma.download.count({ where: { assetId: world.asset.id } })).toBe(1);
  expect(await world.types()).toEqual(['asset_downloaded']);
});

it('pays the balance out once, also to two requests at the same time', async () => {
  await using world = await studio();
  await buyLicense(world.deps, world.purchase, visit);
  const pay = () => requestPayout(world.deps, { recipientId: world.owner.id, method: 'bank_transfer' }, visit);
  const answers = await Promise.allSettled([pay(), pay()]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const payouts = await world.prisma.payout.findMany();
  expect(payouts.map(({ amountCents, status }) => [amountCents, status])).toEqual([[7_000, 'completed']]);
  expect((await world.types()).filter((type) => type.startsWith('payout'))).toEqual(['payout_completed']);
});

it('notes a payout that the payment service refuses as failed, and keeps the balance', async () => {
  await using world = await studio();
  const terms = TERMS.find(({ id }) => id === 'all') ?? TERMS[0];
  for (let sold = 0; sold < 3; sold += 1) await buyLicense(world.deps, { ...world.purchase, terms }, visit);
  const recipientId = world.owner.id;
  expect((await requestPayout(world.deps, { recipientId, method: 'paypal' }, visit)).status).toBe('failed');
  const again = await requestPayout(world.deps, { recipientId, method: 'bank_transfer' }, visit);
  expect(again).toEqual({ status: 'completed', amountCents: 84_000 });
  expect((await world.types()).filter((type) => type.startsWith('payout'))).toEqual([
    'payout_completed',
    'payout_failed',
  ]);
});
