import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface ClientFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

interface BundleOptions {
  /** Modules that a page has anyhow. */
  readonly external?: readonly string[];
}

/** Bundles for browsers as an app would ship them, what is loaded later in files of its own. */
export async function bundleClient(
  entries: readonly URL[],
  { external = [] }: BundleOptions = {},
): Promise<ClientFile[]> {
  const { outputFiles } = await build({
    entryPoints: entries.map((entry) => fileURLToPath(entry)),
    outdir: '/assets',
    entryNames: '[name]',
    chunkNames: '[name]-[hash]',
    ...{ bundle: true, splitting: true, minify: true, write: false },
    format: 'esm',
    platform: 'browser',
    external: [...external],
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  return outputFiles.map(({ path, contents }) => ({ name: path, contents }));
}
