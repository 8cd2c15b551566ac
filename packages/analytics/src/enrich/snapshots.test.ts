import { randomUUID } from 'node:crypto';
import { entitySnapshot } from '@tallymark/contract/attribution';
import type { JsonObject } from '@tallymark/contract/event-row';
import { DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { studioSnapshotReaders } from '@tallymark/prisma/studio/snapshots';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { describe, expect, test } from 'vitest';
import { type IngestionWorld, NOW, openWorld, viewed } from '../test-support/ingestion-world.ts';
import { readSnapshots, SnapshotReadError, type SnapshotReader } from './snapshots.ts';

const subject = (entityType: string, entityId: string, occurredAt = NOW) => ({
  id: uuidV7(occurredAt.getTime()),
  entityType,
  entityId,
  occurredAt,
});

async function addAsset({ prisma }: IngestionWorld, priceCents: number) {
  const owner = await prisma.user.create({ data: { name: 'Owner', email: `${randomUUID()}@studio.example` } });
  return prisma.ipAsset.create({
    data: { title: 'Harbour', assetType: 'photo', mimeType: 'image/png', fileSize: 1, priceCents, ownerId: owner.id },
  });
}

const backlogOf = async ({ prisma }: IngestionWorld) => {
  const rows = await prisma.enrichmentBacklog.findMany({ orderBy: { eventId: 'asc' } });
  return rows.map(({ snapshotJson }) => (snapshotJson === null ? null : entitySnapshot.parse(snapshotJson)));
};

describe('track(tx)', () => {
  test('keeps the entity as it is inside the transaction, whatever becomes of it', async () => {
    await using world = await openWorld();
    const service = await world.service({ snapshotReaders: studioSnapshotReaders });
    const asset = await addAsset(world, 1_000);
    const occurredAt = new Date(NOW.getTime() - 60_000);
    await world.prisma.$transaction(async (tx) => {
      await tx.ipAsset.update({ where: { id: asset.id }, data: { priceCents: 2_000 } });
      const event = viewed({ entityId: asset.id, occurredAt: occurredAt.toISOString() });
      expect(await service.track(tx, event)).toMatchObject({ status: 'accepted' });
      await tx.ipAsset.update({ where: { id: asset.id }, data: { title: 'Renamed' } });
    });
    await world.prisma.ipAsset.update({ where: { id: asset.id }, data: { priceCents: 3_000 } });
    expect(await backlogOf(world)).toEqual([
      {
        state: 'present',
        takenAt: NOW.toISOString(),
        ageMs: 0,
        inTransaction: true,
        entity: { title: 'Harbour', assetType: 'photo', priceCents: 2_000, status: 'draft' },
      },
    ]);
  });

  test('leaves nothing behind when the host rolls back', async () => {
    await using world = await openWorld();
    const service = await world.service({ snapshotReaders: studioSnapshotReaders });
    const asset = await addAsset(world, 1_000);
    const undone = world.prisma.$transaction(async (tx) => {
      await service.track(tx, viewed({ entityId: asset.id }));
      expect(await tx.enrichmentBacklog.count()).toBe(1);
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await backlogOf(world)).toEqual([]);
  });

  test.each<[string, SnapshotReader]>([
    ['throws', () => Promise.reject(new Error('no connection to the catalogue'))],
    ['breaks the transaction', (db) => db.$queryRaw`SELECT 1 / 0`],
    ['answers with what is no JSON', async (_db, ids) => new Map(ids.map((id) => [id, { price: 1n } as never]))],
  ])('stores the event although the reader %s', async (_how, asset) => {
    await using world = await openWorld();
    const service = await world.service({ snapshotReaders: { asset } });
    await world.prisma.$transaction(async (tx) => {
      expect(await service.track(tx, viewed())).toMatchObject({ status: 'accepted' });
      await tx.tenant.create({ data: { name: 'after' } });
    });
    expect(await world.prisma.tenant.count({ where: { name: 'after' } })).toBe(1);
    expect(await world.prisma.event.count()).toBe(1);
    expect(await backlogOf(world)).toEqual([null]);
  });

  test('takes none of a type without a reader, and none twice', async () => {
    await using world = await openWorld();
    let reads = 0;
    const asset: SnapshotReader = async (_db, ids) => {
      reads += 1;
      return new Map(ids.map((id) => [id, { reads }]));
    };
    const service = await world.service({ snapshotReaders: { asset } });
    const [first, other] = [viewed(), viewed({ eventType: 'license_viewed' as const, props: {} })];
    for (const event of [first, first, other]) {
      await world.prisma.$transaction((tx) => service.track(tx, event));
    }
    expect(reads).toBe(1);
    const kept = await backlogOf(world);
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(expect.arrayContaining([null, expect.objectContaining({ entity: { reads: 1 } })]));
  });

  test('tells what was deleted from what never was', async () => {
    await using world = await openWorld();
    const service = await world.service({ snapshotReaders: studioSnapshotReaders });
    const asset = await addAsset(world, 1_000);
    const track = (entityId: string) => world.prisma.$transaction((tx) => service.track(tx, viewed({ entityId })));
    await track(asset.id);
    await world.prisma.$transaction(async (tx) => {
      await tx.ipAsset.delete({ where: { id: asset.id } });
      await service.track(tx, viewed({ entityId: asset.id }));
    });
    await track(randomUUID());
    const states = (await backlogOf(world)).map((snapshot) => snapshot?.state);
    expect(states.sort()).toEqual(['deleted', 'present', 'unknown']);
  });
});

describe('readSnapshots', () => {
  const request = { tenantId: DEFAULT_TENANT_ID, now: NOW, inTransaction: false };
  const OTHER_TENANT = '00000000-0000-7000-8000-0000000000ff';

  test('reads each entity once, at most 500 in a call', async () => {
    await using world = await openWorld();
    const calls: (readonly string[])[] = [];
    const asset: SnapshotReader = async (_db, ids) => {
      calls.push(ids);
      return new Map(ids.map((id) => [id, { id }]));
    };
    const events = Array.from({ length: 1_202 }, (_, n) => subject('asset', `id-${n % 601}`));
    const read = await readSnapshots(world.prisma, { ...request, readers: { asset }, events });
    expect(calls.map((ids) => ids.length)).toEqual([500, 101]);
    expect(new Set(calls.flat()).size).toBe(601);
    expect(read.size).toBe(1_202);
    expect(read.get(events[700]?.id ?? '')).toMatchObject({ state: 'present', entity: { id: 'id-99' } });
  });

  test('tells how old a look is, and never that it is from before the event', async () => {
    await using world = await openWorld();
    const events = [-5_000, 0, 5_000].map((ms) => subject('asset', 'a', new Date(NOW.getTime() + ms)));
    const asset: SnapshotReader = async () => new Map([['a', { b: 1 }]]);
    const read = await readSnapshots(world.prisma, { ...request, readers: { asset }, events });
    expect(events.map(({ id }) => read.get(id)?.ageMs)).toEqual([5_000, 0, 0]);
    const inside = await readSnapshots(world.prisma, { ...request, readers: { asset }, events, inTransaction: true });
    expect(events.map(({ id }) => inside.get(id)?.ageMs)).toEqual([0, 0, 0]);
  });

  test('knows no types by the names of prototypes, and keeps types apart', async () => {
    await using world = await openWorld();
    const events = [subject('constructor', 'x'), subject('__proto__', 'x'), subject('a', 'x'), subject('b', 'x')];
    const readers = { a: async () => new Map([['x', { from: 'a' }]]), b: async () => new Map() };
    const read = await readSnapshots(world.prisma, { ...request, readers, events });
    expect(events.map(({ id }) => read.get(id)?.state)).toEqual([undefined, undefined, 'present', 'unknown']);
  });

  test('cuts what is too long', async () => {
    await using world = await openWorld();
    const events = [subject('asset', 'a')];
    const asset: SnapshotReader = async () => new Map([['a', { title: 't', terms: 'x'.repeat(50_000) }]]);
    const read = await readSnapshots(world.prisma, { ...request, readers: { asset }, events });
    const [snapshot] = [...read.values()];
    expect(snapshot).toMatchObject({ entity: { title: 't', truncated: true } });
    expect(JSON.stringify(snapshot).length).toBeLessThan(8_192 + 200);
  });

  test('names the type whose reader failed, and why', async () => {
    await using world = await openWorld();
    const cause = new Error('no such table');
    const readers = { asset: () => Promise.reject(cause) };
    const failed = readSnapshots(world.prisma, { ...request, readers, events: [subject('asset', 'a')] });
    await expect(failed).rejects.toThrow(SnapshotReadError);
    await expect(failed).rejects.toMatchObject({ entityType: 'asset', cause });
  });

  test.each([
    ['present', 'deleted'],
    ['deleted', 'deleted'],
    ['unknown', 'unknown'],
  ])('what an enriched event has seen %s and is gone is %s', async (before, after) => {
    await using world = await openWorld();
    const service = await world.service();
    // More than are looked at from one end.
    const events = Array.from({ length: 60 }, (_, n) => viewed({ entityId: ENTITY, sessionId: `s-${n}` }));
    const [first] = await service.ingestBatch([viewed({ entityId: ENTITY, occurredAt: EARLIER })]);
    await service.ingestBatch(events);
    await service.forceFlush();
    const eventId = first?.status === 'accepted' ? first.id : '';
    const facts = { takenAt: EARLIER, ageMs: 0, inTransaction: false };
    const snapshotJson = { state: before, ...facts, ...(before === 'present' && { entity: {} }) };
    await world.prisma.attribution.create({ data: { eventId, snapshotJson } });
    await world.prisma.enrichmentBacklog.delete({ where: { eventId } });
    const asset: SnapshotReader = async () => new Map<string, JsonObject>();
    const now = [subject('asset', ENTITY), subject('asset', randomUUID()), subject('license', ENTITY)];
    const read = await readSnapshots(world.prisma, { ...request, readers: { asset, license: asset }, events: now });
    expect(now.map(({ id }) => read.get(id)?.state)).toEqual([after, 'unknown', 'unknown']);
    const ofOthers = { ...request, tenantId: OTHER_TENANT, readers: { asset }, events: [subject('asset', ENTITY)] };
    expect([...(await readSnapshots(world.prisma, ofOthers)).values()]).toMatchObject([{ state: 'unknown' }]);
  });

  test('tells the reader whose entities are asked for', async () => {
    await using world = await openWorld();
    const own: SnapshotReader = async (_db, ids, { tenantId }) =>
      new Map(tenantId === OTHER_TENANT ? ids.map((id) => [id, { title: 'a secret' }]) : []);
    const read = await readSnapshots(world.prisma, { ...request, readers: { own }, events: [subject('own', 'a')] });
    expect([...read.values()]).toMatchObject([{ state: 'unknown' }]);
  });

  test("a reader's word that something was deleted is enough", async () => {
    await using world = await openWorld();
    const asset: SnapshotReader = async () => new Map([['a', 'deleted' as const]]);
    const read = await readSnapshots(world.prisma, { ...request, readers: { asset }, events: [subject('asset', 'a')] });
    expect([...read.values()]).toMatchObject([{ state: 'deleted' }]);
  });
});

const ENTITY = randomUUID();
const EARLIER = new Date(NOW.getTime() - 86_400_000).toISOString();
