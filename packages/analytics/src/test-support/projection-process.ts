import { demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { pino } from 'pino';
import { ProjectionService } from '../project/service.ts';

// Folds in a process of its own, to be killed: DATABASE_URL EVENTS_AT_ONCE CHANGES_AT_ONCE.
const [databaseUrl = '', eventsAtOnce, changesAtOnce] = process.argv.slice(2);
const prisma = createPrisma({ databaseUrl, maxConnections: 4, applicationName: 'projection-process' });
new ProjectionService({
  prisma,
  plan: demoPlan,
  log: pino({ level: 'silent' }),
  pollMs: 20,
  eventsAtOnce: Number(eventsAtOnce),
  changesAtOnce: Number(changesAtOnce),
}).start();
