import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HyperLogLog, SKETCH_ERROR } from './hyperloglog.ts';

/** 8 bytes for each number below `count`, mixed by SplitMix64 with a seed. */
function hashes(count: number, seed = 0): Uint8Array {
  const bytes = new Uint8Array(count * 8);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < count; n += 1) view.setBigUint64(n * 8, mix(BigInt(seed) * 1_000_000_007n + BigInt(n)));
  return bytes;
}

function mix(n: bigint): bigint {
  let z = BigInt.asUintN(64, (n + 1n) * 0x9e3779b97f4a7c15n);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}

function sketchOf(added: Uint8Array | readonly bigint[]): HyperLogLog {
  const sketch = new HyperLogLog();
  if (added instanceof Uint8Array) sketch.addAll(added);
  else for (const hash of added) sketch.add(hash);
  return sketch;
}

const bytesOf = (sketch: HyperLogLog) => Buffer.from(sketch.toBytes()).toString('hex');
const hash = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, -1n, 1n << 50n));
const set = fc.oneof(fc.array(hash, { maxLength: 50 }), fc.integer({ max: 9_000, min: 1 }).map(hashesOf));

function hashesOf(count: number): bigint[] {
  return Array.from({ length: count }, (_, n) => BigInt.asIntN(64, mix(BigInt(n * count))));
}

describe('an estimate', () => {
  test('of nothing is 0, and of the same again is not more', () => {
    expect(new HyperLogLog().estimate()).toBe(0);
    const twice = sketchOf([5n, -7n]);
    for (const again of [5n, -7n, 5n]) twice.add(again);
    expect(bytesOf(twice)).toBe(bytesOf(sketchOf([-7n, 5n])));
    expect(Math.round(twice.estimate())).toBe(2);
  });

  test.each([10, 100, 1_000, 10_000, 50_000, 100_000, 1_000_000])(
    'of %i hashes is within four standard errors',
    (n) => {
      for (let seed = 0; seed < (n > 50_000 ? 1 : 5); seed += 1) {
        const estimate = sketchOf(hashes(n, seed)).estimate();
        expect(Math.abs(estimate / n - 1)).toBeLessThan(4 * SKETCH_ERROR);
      }
    },
  );

  test('has no bias, and the spread it states', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => sketchOf(hashes(20_000, seed + 100)).estimate() / 20_000 - 1);
    const mean = runs.reduce((sum, error) => sum + error, 0) / runs.length;
    const spread = Math.sqrt(runs.reduce((sum, error) => sum + error ** 2, 0) / runs.length);
    expect(Math.abs(mean)).toBeLessThan((3.5 * SKETCH_ERROR) / Math.sqrt(runs.length));
    expect(spread).toBeGreaterThan(0.5 * SKETCH_ERROR);
    expect(spread).toBeLessThan(1.3 * SKETCH_ERROR);
  });
});

test('merging is adding both, in any order', () => {
  fc.assert(
    fc.property(set, set, (a, b) => {
      const merged = sketchOf(a);
      merged.merge(sketchOf(b).toBytes());
      expect(bytesOf(merged)).toBe(bytesOf(sketchOf([...b, ...a].reverse())));
    }),
    { numRuns: 40 },
  );
});

test('bytes give the sketch back, and are few for a small one', () => {
  fc.assert(
    fc.property(set, (added) => {
      const sketch = sketchOf(added);
      const bytes = sketch.toBytes();
      expect(bytes.length).toBeLessThanOrEqual(Math.min(1 + 3 * added.length, 12_289));
      const again = new HyperLogLog();
      again.merge(bytes);
      expect(bytesOf(again)).toBe(bytesOf(sketch));
      expect(again.estimate()).toBe(sketch.estimate());
    }),
    { numRuns: 40 },
  );
});

test('a hash of any sign is what int8send() writes of it; the rarest have the highest rank', () => {
  fc.assert(
    fc.property(hash, (one) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(one);
      expect(bytesOf(sketchOf(bytes))).toBe(bytesOf(sketchOf([one])));
    }),
  );
  const entry = (one: bigint) => bytesOf(sketchOf([one])).slice(2);
  expect(entry(0n)).toBe((51).toString(16).padStart(6, '0'));
  expect(entry(1n)).toBe((50).toString(16).padStart(6, '0'));
  expect(entry(1n << 32n)).toBe((18).toString(16).padStart(6, '0'));
  expect(entry(-1n)).toBe(((16_383 << 6) | 1).toString(16).padStart(6, '0'));
});

test('other bytes are refused', () => {
  const dense = sketchOf(hashes(20_000)).toBytes();
  for (const bytes of [[], [3], [1, 0], [0, 0, 0, 1], [1, 0xff, 0xff, 0xff], [...dense, 0], [...dense.slice(1)]]) {
    expect(() => new HyperLogLog().merge(Uint8Array.from(bytes))).toThrow(RangeError);
  }
  expect(() => new HyperLogLog().addAll(new Uint8Array(7))).toThrow(RangeError);
});
