import { createPrisma } from '@tallymark/prisma/client';
import { z } from 'zod';
import { ensureLogins } from './demo-logins.ts';
import { ensureStudio } from './demo-studio.ts';

/*
 * Fills an empty database with the demo studio: an admin, a member, and their work. Run again it changes nothing, except
 * that the admin gets the password of ADMIN_PASSWORD where that is another one by now.
 *
 * The last line on stdout is `{"email":"…","password":"…"}` of the admin; progress goes to stderr.
 */
const environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  ADMIN_PASSWORD: z.string().min(8).max(128).optional(),
});

async function main(): Promise<void> {
  const { DATABASE_URL, ADMIN_PASSWORD } = environment.parse({
    DATABASE_URL: process.env.DATABASE_URL,
    ADMIN_PASSWORD: process.env.ADMIN_PASSWORD || undefined,
  });
  const prisma = createPrisma({ databaseUrl: DATABASE_URL, maxConnections: 2, applicationName: 'tallymark-demo-data' });
  const report = (line: string) => console.error(line);
  try {
    const { admin, adminId, memberId } = await ensureLogins(prisma, { adminPassword: ADMIN_PASSWORD, report });
    await ensureStudio(prisma, { owners: [adminId, memberId], report });
    console.log(JSON.stringify(admin));
  } finally {
    await prisma.$disconnect();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof z.ZodError ? `The environment is not complete.\n${z.prettifyError(error)}` : error);
  process.exitCode = 1;
});
