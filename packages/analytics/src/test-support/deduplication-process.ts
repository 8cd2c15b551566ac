import { createPrisma } from '@tallymark/prisma/client';
import { runDeduplication } from '../dedup/database-run.ts';
import { AGGREGATED_TYPE } from './known-duplicates.ts';

// A run in a process of its own, to be killed: DATABASE_URL NOW HOURS WINDOW_ROWS. Ends once the run has.
const [databaseUrl = '', now = '', hours, windowRows] = process.argv.slice(2);
const prisma = createPrisma({ databaseUrl, maxConnections: 2, applicationName: 'deduplication-process' });
const deps = { prisma, aggregatedTypes: [AGGREGATED_TYPE], now: () => new Date(now) };
await runDeduplication(deps, Number(hours), { windowRows: Number(windowRows) });
await prisma.$disconnect();
