import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const NAMES = ['BETTER_AUTH_SECRET', 'TRACKING_HASH_SALT'] as const;
const SECRET_BYTES = 32;

export type Secrets = Record<(typeof NAMES)[number], string>;

/**
 * The secrets from the environment, and for those that are not set there random ones, which are kept in `file`: with new
 * ones at each start, sessions would end and hashes of visitors would change.
 */
export function readSecrets(file: string, env: NodeJS.ProcessEnv): Secrets {
  const kept = readKept(file);
  const missing = NAMES.filter((name) => !kept[name]);
  for (const name of missing) kept[name] = randomBytes(SECRET_BYTES).toString('base64url');
  if (missing.length > 0) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  }
  return Object.fromEntries(NAMES.map((name) => [name, env[name] || kept[name]])) as Secrets;
}

function readKept(file: string): Partial<Secrets> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
