/** Registers are 2 to this power. */
const PRECISION = 14;
const REGISTERS = 2 ** PRECISION;
/** Bits of a hash that are not the number of its register. */
const REST_BITS = 64 - PRECISION;
const HIGH_REST_BITS = 32 - PRECISION;
const HIGHEST_RANK = REST_BITS + 1;

/** Standard error of an estimate, as a share of it: 1.04 / sqrt(registers). */
export const SKETCH_ERROR = 1.04 / Math.sqrt(REGISTERS);

/** First bytes: what follows. */
const SPARSE = 1;
const DENSE = 2;
/** Number of the register and its rank. */
const SPARSE_ENTRY_BYTES = 3;
const RANK_BITS = 6;
const DENSE_BYTES = 1 + (REGISTERS * RANK_BITS) / 8;
const HASH_BYTES = 8;

/**
 * How many distinct hashes were added, from 16,384 registers that each remember the rarest hash they saw: HyperLogLog
 * (Flajolet, Fusy, Gandouet, Meunier 2007) with the improved raw estimator of Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches" (arXiv:1702.01284, algorithm 6), which needs no corrections for small or large
 * sets. Hashes are 64 evenly spread bits, as hashtextextended() gives them.
 */
export class HyperLogLog {
  private readonly ranks = new Uint8Array(REGISTERS);

  /** Of either sign: only the 64 bits count. */
  add(hash: bigint): void {
    this.addHalves(Number(BigInt.asUintN(32, hash >> 32n)), Number(BigInt.asUintN(32, hash)));
  }

  /** Hashes of 8 bytes each, the highest first, as int8send() writes them. */
  addAll(hashes: Uint8Array): void {
    if (hashes.length % HASH_BYTES !== 0) throw new RangeError(`${hashes.length} bytes are no hashes of 8 bytes each`);
    const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
    for (let at = 0; at < hashes.length; at += HASH_BYTES) this.addHalves(view.getUint32(at), view.getUint32(at + 4));
  }

  /** Takes in all that another one has seen, from its bytes. RangeError for bytes that toBytes() does not write. */
  merge(bytes: Uint8Array): void {
    if (bytes[0] === SPARSE && bytes.length % SPARSE_ENTRY_BYTES === 1) this.mergeSparse(bytes);
    else if (bytes[0] === DENSE && bytes.length === DENSE_BYTES) this.mergeDense(bytes);
    else throw new RangeError(`Not a sketch: ${bytes.length} bytes that begin with ${bytes[0]}`);
  }

  estimate(): number {
    const counts = new Float64Array(HIGHEST_RANK + 1);
    for (const rank of this.ranks) counts[rank] = (counts[rank] ?? 0) + 1;
    let z = REGISTERS * tau(1 - (counts[HIGHEST_RANK] ?? 0) / REGISTERS);
    for (let rank = REST_BITS; rank >= 1; rank -= 1) z = (z + (counts[rank] ?? 0)) / 2;
    z += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
    return REGISTERS ** 2 / (2 * Math.LN2 * z);
  }

  /** At most 12,289 bytes; 3 for each register in use while that is less. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const used = this.ranks.reduce((sum, rank) => sum + (rank > 0 ? 1 : 0), 0);
    return 1 + used * SPARSE_ENTRY_BYTES < DENSE_BYTES ? this.sparseBytes(used) : this.denseBytes();
  }

  private addHalves(high: number, low: number): void {
    const rest = high & (2 ** HIGH_REST_BITS - 1);
    const zeros = rest > 0 ? Math.clz32(rest) - PRECISION : HIGH_REST_BITS + Math.clz32(low);
    this.raise(high >>> HIGH_REST_BITS, zeros + 1);
  }

  private raise(register: number, rank: number): void {
    if (register >= REGISTERS || rank > HIGHEST_RANK) throw new RangeError('Not a register of a sketch');
    if (rank > (this.ranks[register] ?? 0)) this.ranks[register] = rank;
  }

  private sparseBytes(used: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(1 + used * SPARSE_ENTRY_BYTES);
    bytes[0] = SPARSE;
    let at = 1;
    for (const [register, rank] of this.ranks.entries()) {
      if (rank === 0) continue;
      const entry = (register << RANK_BITS) | rank;
      bytes.set([entry >>> 16, (entry >>> 8) & 0xff, entry & 0xff], at);
      at += SPARSE_ENTRY_BYTES;
    }
    return bytes;
  }

  private mergeSparse(bytes: Uint8Array): void {
    for (let at = 1; at < bytes.length; at += SPARSE_ENTRY_BYTES) {
      const entry = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      this.raise(entry >>> RANK_BITS, entry & (2 ** RANK_BITS - 1));
    }
  }

  /** Four ranks in three bytes. */
  private denseBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(DENSE_BYTES);
    bytes[0] = DENSE;
    for (let register = 0, at = 1; register < REGISTERS; register += 4, at += 3) {
      const [a = 0, b = 0, c = 0, d = 0] = this.ranks.subarray(register, register + 4);
      bytes.set([(a << 2) | (b >>> 4), ((b & 15) << 4) | (c >>> 2), ((c & 3) << 6) | d], at);
    }
    return bytes;
  }

  private mergeDense(bytes: Uint8Array): void {
    for (let register = 0, at = 1; register < REGISTERS; register += 4, at += 3) {
      const [x, y, z] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
      this.raise(register, x >>> 2);
      this.raise(register + 1, ((x & 3) << 4) | (y >>> 4));
      this.raise(register + 2, ((y & 15) << 2) | (z >>> 6));
      this.raise(register + 3, z & 63);
    }
  }
}

/** x + Σ x^(2^k) · 2^(k-1): what registers that saw nothing say. Infinite where none saw anything. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let [power, factor, sum, before] = [x, 1, x, -1];
  while (sum !== before) {
    power *= power;
    before = sum;
    sum += power * factor;
    factor *= 2;
  }
  return sum;
}

/** (1 - x - Σ (1 - x^(2^-k))² · 2^-k) / 3: what registers that can rise no higher say. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, factor, sum, before] = [x, 1, 1 - x, -1];
  while (sum !== before) {
    root = Math.sqrt(root);
    before = sum;
    factor /= 2;
    sum -= (1 - root) ** 2 * factor;
  }
  return sum / 3;
}
