// A process that has a batch and never gets to say so: it is killed.
import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { pino } from 'pino';
import { EventSubscriptions } from '../service.ts';

const databaseUrl = process.env.DATABASE_URL ?? '';
const prisma = createPrisma({ databaseUrl, maxConnections: 2, applicationName: 'tallymark-test' });
const log = pino({ level: 'error' }, pino.destination(2));
const subscriptions = new EventSubscriptions({ plan: demoPlan, prisma, log, pollMs: 20, leaseMs: 1_000 });
const handler = (events: readonly { id: string }[]) => {
  process.stdout.write(`${JSON.stringify(events.map(({ id }) => id))}\n`);
  return new Promise<void>(() => {});
};
subscriptions.onEventStored('*', handler, { name: 'shared', fromStart: true });
subscriptions.start();
