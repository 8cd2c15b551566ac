import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guardian } from './guardian.ts';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** Deleted with all it contains at the end, by the guardian if this process does not live to see it. */
export function temporaryFolder(guardian?: Guardian): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'tallymark-'));
  // When root runs this, Postgres runs as another user and has to pass through here.
  chmodSync(path, 0o711);
  guardian?.removeAfterwards(path);
  return { path, [Symbol.asyncDispose]: async () => rmSync(path, { recursive: true, force: true }) };
}
