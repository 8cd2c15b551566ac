import { DEFAULT_SITE_ID, parseSettings } from '@tallymark/contract/settings';
import { MOST_KEYS } from '@tallymark/contract/site-keys';
import { createPrisma } from '@tallymark/prisma/client';
import { insertSiteKey } from '@tallymark/prisma/stores/site-keys';
import { z } from 'zod';
import { STUDIO_SITE_KEY } from '../src/tracking/site-key.ts';
import { ensureLogins } from './demo-logins.ts';
import { ensureStudio } from './demo-studio.ts';
import { ensureHistory } from './history/ensure-history.ts';

/*
 * Fills an empty database with the demo studio: an admin, a member, their work, and where REDIS_URL says how to send
 * events the last 30 days of it. Run again it changes nothing, except that the admin gets the password of ADMIN_PASSWORD
 * where that is another one by now.
 *
 * The last line on stdout is `{"email":"…","password":"…"}` of the admin; progress goes to stderr.
 */
const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  REDIS_URL: z.string().optional(),
  ADMIN_PASSWORD: z.string().min(8).max(128).optional(),
});

async function main(): Promise<void> {
  const { DATABASE_URL, REDIS_URL, ADMIN_PASSWORD } = environment.parse({
    DATABASE_URL: process.env.DATABASE_URL,
    REDIS_URL: process.env.REDIS_URL || undefined,
    ADMIN_PASSWORD: process.env.ADMIN_PASSWORD || undefined,
  });
  const prisma = createPrisma({ databaseUrl: DATABASE_URL, maxConnections: 2, applicationName: 'tallymark-demo-data' });
  const report = (line: string) => console.error(line);
  try {
    const { admin, adminId, memberId } = await ensureLogins(prisma, { adminPassword: ADMIN_PASSWORD, report });
    await ensureStudio(prisma, { owners: [adminId, memberId], report });
    const key = { key: STUDIO_SITE_KEY, siteId: DEFAULT_SITE_ID, name: 'Studio', origins: [], at: new Date() };
    await insertSiteKey(prisma, key, MOST_KEYS);
    if (REDIS_URL !== undefined) {
      const owners = [
        { userId: adminId, role: 'admin' },
        { userId: memberId, role: 'member' },
      ];
      // What is logged goes to stdout, where the login has to be the last line.
      const settings = { ...parseSettings(process.env), LOG_LEVEL: 'silent' as const };
      await ensureHistory(prisma, { settings, owners, now: new Date(), report });
    }
    console.log(JSON.stringify(admin));
  } finally {
    await prisma.$disconnect();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof z.ZodError ? `The environment is not complete.\n${z.prettifyError(error)}` : error);
  process.exitCode = 1;
});
