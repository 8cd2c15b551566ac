import { readFile } from 'node:fs/promises';

const GUIDE = new URL('../../../../docs/adopting.md', import.meta.url);
const BLOCK = /^```tsx?\n\/\/ (\S+)\n([\s\S]*?)^```$/gm;

/** The files that the guide has its readers write, by their path: its code blocks that begin with one. */
export async function documentedFiles(): Promise<ReadonlyMap<string, string>> {
  const guide = await readFile(GUIDE, 'utf8');
  const files = new Map([...guide.matchAll(BLOCK)].map(([, path = '', text = '']) => [path, text]));
  if (files.size === 0) throw new Error('docs/adopting.md has no code blocks that begin with the path of a file.');
  return files;
}
