import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowBlocks } from './row-blocks.ts';

test('however the rows arrive, blocks are whole lines and together are what arrived', async () => {
  const lines = fc.array(fc.string({ minLength: 0, maxLength: 12, unit: fc.constantFrom('a', 'ü', '\\n', '\t') }));
  const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(lines, sizes, fc.integer({ min: 1, max: 40 }), async (rows, chunkSizes, blockBytes) => {
      const all = Buffer.from(rows.map((row) => `${row}\n`).join(''));
      const chunks: Buffer[] = [];
      for (let at = 0, n = 0; at < all.length; n += 1) {
        const size = chunkSizes[n % chunkSizes.length] ?? 1;
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      const blocks: Buffer[] = [];
      for await (const block of rowBlocks(Readable.from(chunks), blockBytes)) blocks.push(Buffer.concat(block));
      expect(Buffer.concat(blocks)).toEqual(all);
      for (const block of blocks) expect(block.at(-1)).toBe(0x0a);
      if (all.length < blockBytes) expect(blocks.length).toBe(all.length > 0 ? 1 : 0);
    }),
  );
});
