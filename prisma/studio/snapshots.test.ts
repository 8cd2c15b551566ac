import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../../packages/testing/src/database.ts';
import { openStockPrisma, openTestPrisma } from '../test-support/prisma.ts';
import { studioSnapshotReaders } from './snapshots.ts';

const SIGNED = new Date('2026-11-02T08:00:00.000Z');

test('each entity is read by its id, without whom it belongs to', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  const { client } = prisma;
  const owner = await client.user.create({ data: { name: 'Secret Name', email: 'secret@studio.example' } });
  const project = await client.project.create({ data: { name: 'Campaign', ownerId: owner.id, createdAt: SIGNED } });
  const asset = await client.ipAsset.create({
    data: {
      title: 'Harbour',
      assetType: 'photo',
      mimeType: 'image/png',
      fileSize: 1,
      priceCents: 1_200,
      ownerId: owner.id,
    },
  });
  const license = await client.license.create({
    data: {
      assetId: asset.id,
      licensee: 'Secret Company',
      terms: 'print',
      territory: 'EU',
      feeCents: 500,
      startsAt: SIGNED,
      signedAt: SIGNED,
    },
  });
  const payout = await client.payout.create({
    data: { recipientId: owner.id, amountCents: 700, paymentMethod: 'sepa', status: 'paid' },
  });
  const read = async (type: keyof typeof studioSnapshotReaders, id: string) =>
    (await studioSnapshotReaders[type](client, [id])).get(id);
  const time = SIGNED.toISOString();
  expect(await read('asset', asset.id)).toEqual({
    title: 'Harbour',
    assetType: 'photo',
    priceCents: 1_200,
    status: 'draft',
  });
  expect(await read('license', license.id)).toEqual({
    assetId: asset.id,
    terms: 'print',
    territory: 'EU',
    feeCents: 500,
    startsAt: time,
    endsAt: null,
    signedAt: time,
  });
  expect(await read('project', project.id)).toEqual({ name: 'Campaign', createdAt: time, completedAt: null });
  expect(await read('payout', payout.id)).toEqual({ amountCents: 700, paymentMethod: 'sepa', status: 'paid' });
});

test('ids that fit no column belong to nothing, and the others are found in any case, in a host transaction', async () => {
  await using db = await cloneDatabase();
  await using prisma = openTestPrisma(db.url);
  await using stock = openStockPrisma(db.url);
  const id = randomUUID();
  const owner = await prisma.client.user.create({ data: { name: 'Owner', email: 'owner@studio.example' } });
  await prisma.client.project.create({ data: { id, name: 'Campaign', ownerId: owner.id } });
  await stock.client.$transaction(async (tx) => {
    const found = await studioSnapshotReaders.project(tx, ['abc', '', id.toUpperCase(), randomUUID(), '{}']);
    expect([...found.keys()]).toEqual([id.toUpperCase()]);
    expect((await studioSnapshotReaders.asset(tx, ['abc'])).size).toBe(0);
    expect((await studioSnapshotReaders.license(tx, [])).size).toBe(0);
  });
});
