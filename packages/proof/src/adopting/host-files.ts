/** What the team's app is made of before it hears of Tallymark: a page, a table, a login of sorts. */
export const HOST_FILES: Readonly<Record<string, string>> = {
  'prisma.config.ts': `import { defineConfig } from 'prisma/config';
export default defineConfig({ schema: 'prisma/schema', migrations: { path: 'prisma/migrations' } });
`,
  'prisma/schema/notes.prisma': `generator client {
  provider = "prisma-client"
  output   = "../../src/generated/prisma"
}
datasource db {
  provider = "postgresql"
}
model Note {
  id   Int    @id @default(autoincrement())
  text String @unique
  @@map("notes")
}
`,
  'prisma/migrations/20250101000000_notes/migration.sql': `CREATE TABLE "notes" (
  "id" SERIAL PRIMARY KEY,
  "text" TEXT NOT NULL
);
CREATE UNIQUE INDEX "notes_text_key" ON "notes"("text");
`,
  'prisma/migrations/migration_lock.toml': `provider = "postgresql"
`,
  'src/prisma.ts': `import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/prisma/client';

export const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
`,
  'src/auth.ts': `import { cookies } from 'next/headers';

export async function currentUser() {
  const session = (await cookies()).get('session')?.value;
  return session ? { id: session, name: session, role: session === 'ada' ? 'admin' : 'member' } : null;
}
`,
  'src/app/layout.tsx': `import './globals.css';
import { Tracking } from './tracking';

export default function RootLayout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <body>
        <Tracking siteKey={process.env.NEXT_PUBLIC_TALLYMARK_SITE_KEY ?? ''}>{children}</Tracking>
      </body>
    </html>
  );
}
`,
  'src/app/page.tsx': `import { addNote } from './actions';

export default function Home() {
  async function add(form: FormData) {
    'use server';
    await addNote(String(form.get('text')));
  }
  return (
    <form action={add}>
      <label>
        Note <input name="text" />
      </label>
      <button>Add</button>
    </form>
  );
}
`,
};

/** Beside what create-next-app wrote. */
export const HOST_DEPENDENCIES = [
  '@prisma/client@7.10.0',
  '@prisma/adapter-pg@7.10.0',
  '@trpc/server@11.25.2',
  'superjson@2.2.6',
  'zod@4.6.7',
];
export const HOST_DEV_DEPENDENCIES = ['prisma@7.10.0', 'tsx@4.23.15'];
