import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bundleClient } from './test-support/bundle-client.ts';

const MOST_BYTES = 6_144;

test('everything it needs to send is at most 6 kB gzipped; autocapture comes later', async () => {
  const files = await bundleClient([new URL('./create-analytics.ts', import.meta.url)]);
  const sizes = Object.fromEntries(
    files.map(({ name, contents }) => [name.replace(/^.*\/|-[A-Z0-9]{8}/g, ''), gzipSync(contents).byteLength]),
  );
  console.log('client, bytes gzipped:', sizes);
  expect(Object.keys(sizes).sort()).toEqual(['create-analytics.js', 'start.js', 'web-vitals.js']);
  expect(sizes['create-analytics.js']).toBeLessThanOrEqual(MOST_BYTES);
});
