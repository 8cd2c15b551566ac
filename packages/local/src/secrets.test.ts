import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSecrets } from './secrets.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('are made once, kept for nobody else to read, and give way to the environment', async () => {
  await using folder = temporaryFolder();
  const file = join(folder.path, 'secrets.json');
  const first = readSecrets(file, {});
  expect(first.BETTER_AUTH_SECRET.length).toBeGreaterThan(40);
  expect(first.TRACKING_HASH_SALT).not.toBe(first.BETTER_AUTH_SECRET);
  expect(readSecrets(file, {})).toEqual(first);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readSecrets(file, { TRACKING_HASH_SALT: 'mine' })).toEqual({ ...first, TRACKING_HASH_SALT: 'mine' });
});
