import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { expect, test } from 'vitest';
import { openWorkers } from '../test-support/worker-world.ts';
import { evaluateAlerts } from './evaluate-alerts.ts';

const signal = new AbortController().signal;

test('evaluateAlerts asks questions, reads the pipeline and writes to the log, in one process at a time', async () => {
  await using world = await openWorkers();
  const { services } = world.services();
  const { prisma, log } = services;
  const id = uuidV7(Date.now());
  const source = { kind: 'question', question: 'stats.overview', input: {}, pointer: '/events' };
  await prisma.alertRule.create({
    data: {
      ...{ id, siteId: DEFAULT_SITE_ID, name: 'Nothing comes in', source, condition: { kind: 'no_data' } },
      ...{ windowMinutes: 60, coolDownMinutes: 60, enabled: true, createdBy: 'root' },
    },
  });
  await prisma.$executeRaw`
    INSERT INTO ledger_deltas (origin, received, accepted, duplicates, sampled, rejected, stored, merged, dead_lettered)
    VALUES ('direct', 2, 1, 0, 0, '{}', 1, 0, 0)`;
  const evaluate = evaluateAlerts(services);
  expect(await evaluate({}, { log, signal })).toEqual({ evaluated: 6, notified: 2, delivered: 0, removed: 0 });
  const firing = await prisma.alertRule.findMany({ where: { state: { not: 'ok' } }, orderBy: { name: 'asc' } });
  expect(firing.map(({ name, state, value }) => [name, state, value])).toEqual([
    ['Nothing comes in', 'firing', 0],
    ['The ledger does not balance', 'firing', 1],
  ]);
  const told = world.lines.filter(({ alertId }) => alertId === id);
  expect(told).toMatchObject([{ level: 40, what: 'fired', siteId: DEFAULT_SITE_ID }]);

  await prisma.$executeRaw`
    UPDATE alert_turns SET lease = gen_random_uuid(), leased_until = clock_timestamp() + interval '1 minute'`;
  expect(await evaluate({}, { log, signal })).toEqual({ elsewhere: true });
});
