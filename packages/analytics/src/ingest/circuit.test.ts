import { IngestError } from '@tallymark/contract/errors';
import { connectRedis } from '@tallymark/redis/connect';
import { eventually } from '@tallymark/testing/eventually';
import { expect, test } from 'vitest';
import { Circuits } from '../operate/circuits.ts';
import { balancedLedger, LOG, manyViewed, NOW, openOwnWorld, openWorld } from '../test-support/ingestion-world.ts';
import { writeCircuit } from './write-circuit.ts';

const QUICK = { log: LOG, failures: 2, openMs: 400 };

test('while Postgres is down the flusher leaves it in peace, events are accepted, and all is stored after one probe', async () => {
  await using world = await openOwnWorld();
  const circuit = writeCircuit(QUICK);
  const seen: string[] = [];
  circuit.onChange(() => seen.push(circuit.status().state));
  const service = await world.service({ runFlusher: true, batchSize: 1, circuit });
  await service.ingestBatch(manyViewed(20));
  await eventually(async () => expect(await world.prisma.event.count()).toBe(20));
  await world.postgres.crash();
  await service.ingestBatch(manyViewed(30));
  await eventually(() => expect(circuit.status()).toMatchObject({ state: 'open', opened: 1 }));
  expect(circuit.status().lastFailure?.reason).not.toBe('');
  // Each time that it has been open for long enough, one attempt is made.
  await eventually(() => expect(circuit.status().opened).toBeGreaterThan(2));
  await expect(service.forceFlush(300)).rejects.toMatchObject({ name: 'CircuitOpen' });
  await world.postgres.restart();
  await eventually(async () => expect(await world.prisma.event.count()).toBe(50), { timeoutMs: 20_000 });
  expect(circuit.status()).toMatchObject({ state: 'closed', failures: 0 });
  expect(seen.slice(-2)).toEqual(['half_open', 'closed']);
  expect(await balancedLedger(service)).toMatchObject({ accepted: 50, stored: 50, merged: 0, deadLettered: 0 });
});

test('without either store a request is told at once when to come back', async () => {
  await using world = await openOwnWorld();
  const circuit = writeCircuit({ ...QUICK, openMs: 7_000 });
  const service = await world.service({ circuit });
  await service.ingestBatch(manyViewed(1));
  await world.redisServer.crash();
  await world.postgres.crash();
  const refused = () => service.ingestBatch(manyViewed(2)).catch((error: unknown) => error);
  await eventually(async () => (await refused()) instanceof IngestError && circuit.status().state === 'open');
  const answer = await refused();
  expect(answer).toMatchObject({ code: 'stores_unavailable', cause: { name: 'CircuitOpen' } });
  expect((answer as IngestError).retryAfterSeconds).toBeGreaterThan(2);
});

test('a process tells how its circuits are, in the stats of every other', async () => {
  await using world = await openWorld();
  const redis = connectRedis({ url: world.redisUrl, prefix: world.redisPrefix, name: 'other', onError: () => {} });
  const settings = { TRACKING_CIRCUIT_FAILURES: 1, TRACKING_CIRCUIT_OPEN_MS: 60_000 };
  const circuits = new Circuits({ settings, redis, name: 'other', log: LOG, now: () => NOW });
  circuits.start();
  const service = await world.service();
  const told = async () => (await service.getStats()).circuits;
  await eventually(async () =>
    expect((await told()).map(({ process }) => process)).toEqual([expect.stringMatching(/^other@/)]),
  );
  await circuits.writes.run(() => Promise.reject(new Error('the disk is full'))).catch(() => {});
  await eventually(async () =>
    expect((await told())[0]?.circuits[0]).toMatchObject({ circuit: 'writes', state: 'open' }),
  );
  expect((await told())[0]?.circuits).toMatchObject([
    { lastFailure: { reason: 'the disk is full' } },
    { circuit: 'reports', state: 'closed', lastFailure: null },
  ]);
  await circuits.reports.run(() => Promise.reject(new Error('a question of its own fault'))).catch(() => {});
  expect(circuits.reports.status().state).toBe('closed');
  await circuits.stop();
  expect(await told()).toEqual([]);
  redis.disconnect();
});
