import { createLogger } from '@tallymark/analytics/operate/logger';
import { restoreMonth } from '@tallymark/analytics/retain/restore-month';
import { createPrisma } from '@tallymark/prisma/client';
import { listEventArchives } from '@tallymark/prisma/stores/archives';
import { archiveTable } from './archive-table.ts';
import { parseArchiveSettings, parseCommand, USAGE } from './arguments.ts';

const NAME = 'tallymark-archive';

async function main(): Promise<number> {
  // Package managers start scripts in the package's folder and leave the user's own in INIT_CWD.
  const command = parseCommand(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
  if (command === null) {
    console.error(USAGE);
    return 2;
  }
  const { DATABASE_URL: databaseUrl, TRACKING_ARCHIVE_DIR: folder } = parseArchiveSettings(process.env);
  const log = createLogger({ level: process.env.LOG_LEVEL ?? 'warn', name: NAME, destination: process.stderr });
  const prisma = createPrisma({ databaseUrl, maxConnections: 2, applicationName: NAME });
  try {
    if (command.name === 'list') {
      console.log(archiveTable(await listEventArchives(prisma)));
      return 0;
    }
    // The database knows where an archive was written; the setting may have changed since.
    const recorded = (await listEventArchives(prisma)).some(({ month }) => month === command.month);
    const archiveDir = command.dir ?? (recorded ? null : (folder ?? null));
    const restored = await restoreMonth({ ...command, archiveDir, prisma, databaseUrl, log, now: () => new Date() });
    const { month, events, alreadyThere, heldUntil } = restored;
    console.log(
      `${month}: ${events.toLocaleString('en')} events restored, ${alreadyThere.toLocaleString('en')} there before.`,
    );
    console.log(`Retention leaves the month alone until ${heldUntil.toISOString()}.`);
    return 0;
  } finally {
    await prisma.$disconnect();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
