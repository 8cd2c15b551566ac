import { createPrisma } from '@tallymark/prisma/client';
import { LOG } from '../../test-support/ingestion-world.ts';
import { AlertEvaluator } from '../evaluator.ts';

// A process that evaluates rules once, to be killed while a webhook keeps it waiting: DATABASE_URL NOW LEASE_MS. Of each
// question it knows the answer.
const [databaseUrl = '', time = '', leaseMs] = process.argv.slice(2);
const prisma = createPrisma({ databaseUrl, maxConnections: 3, applicationName: 'alert-process' });
const evaluator = new AlertEvaluator({
  prisma,
  ask: async () => ({ pageViews: 1 }),
  eventIngestion: {
    getStats: () => {
      throw new Error('No rule of this process is about the pipeline.');
    },
  },
  now: () => new Date(time),
  allowPrivateNetworks: true,
  leaseMs: Number(leaseMs),
});
await evaluator.evaluateAll({ log: LOG, signal: new AbortController().signal });
await prisma.$disconnect();
