import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const SCRIPT = fileURLToPath(new URL('../scripts/demo-data.ts', import.meta.url));
const ADMIN_PASSWORD = 'a-password-for-this-test';

/** Fills the database with the demo studio. Returns the admin's login, as the script prints it. */
export async function fillWithDemoData(databaseUrl: string) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', SCRIPT], {
    env: { PATH: process.env.PATH, NODE_ENV: 'test', DATABASE_URL: databaseUrl, ADMIN_PASSWORD },
  });
  const lastLine = stdout.trim().split('\n').at(-1) ?? '';
  return z.object({ email: z.string(), password: z.string() }).parse(JSON.parse(lastLine));
}
