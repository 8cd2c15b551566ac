import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

/** Nobody can require() the packages, and TypeScript's resolution of Node 10 knows no exports: both are meant. */
const MEANT = new Set(['node10', 'node16-cjs']);

/**
 * What publint and Are The Types Wrong find in a packed package, a line each.
 * @param {string} file
 * @returns {Promise<string[]>}
 */
export async function checkTarball(file) {
  const data = await readFile(file);
  const name = basename(file);
  const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  const lint = messages.map((message) => `${name}: ${formatMessage(message, pkg) ?? message.code}`);

  const unpacked = createPackageFromTarballData(new Uint8Array(data));
  const result = await checkPackage(unpacked, { entrypoints: entriesOf(pkg, unpacked.listFiles()) });
  if (!result.types) return [...lint, `${name}: has no types`];
  const problems = result.problems.filter(
    (problem) => !('resolutionKind' in problem && MEANT.has(problem.resolutionKind)),
  );
  return [...lint, ...problems.map((problem) => `${name}: ${JSON.stringify(problem)}`)];
}

/**
 * Every entry that has types, those behind a `*` one by one.
 * @param {Record<string, unknown>} pkg
 * @param {readonly string[]} files
 * @returns {string[]}
 */
function entriesOf({ exports }, files) {
  /** @type {[string, string][]} */
  const typed = Object.entries(/** @type {Record<string, { types?: string }>} */ (exports)).flatMap(([entry, to]) =>
    to.types ? [[entry, to.types.slice(1)]] : [],
  );
  return typed.flatMap(([entry, types]) => {
    const [before = '', after] = types.split('*');
    if (after === undefined) return [entry];
    return files.flatMap((file) => {
      const start = file.indexOf(before);
      return start >= 0 && file.endsWith(after)
        ? [entry.replace('*', file.slice(start + before.length, -after.length))]
        : [];
    });
  });
}
