const MASK32 = 0xffffffffn;
const MASK64 = (1n << 64n) - 1n;
const MASK128 = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const POOL = 4;

/** `numpy.random.default_rng(seed).random()`: PCG64 (O'Neill 2014), its state made of the seed by a SeedSequence. */
export class Pcg64 {
  private state: bigint;
  private readonly increment: bigint;

  /** @param seed a whole number, 0 or more. */
  constructor(seed: bigint) {
    const [s0, s1, s2, s3] = seedState(seed);
    this.increment = ((((s2 << 64n) | s3) << 1n) | 1n) & MASK128;
    this.state = this.increment;
    this.state = (this.state + ((s0 << 64n) | s1)) & MASK128;
    this.advance();
  }

  /** The next 64 bits. */
  word(): bigint {
    this.advance();
    const folded = ((this.state >> 64n) ^ this.state) & MASK64;
    const turn = this.state >> 122n;
    return ((folded >> turn) | (folded << (64n - turn))) & MASK64;
  }

  /** A number in [0, 1). */
  random(): number {
    return Number(this.word() >> 11n) / 2 ** 53;
  }

  private advance(): void {
    this.state = (this.state * MULTIPLIER + this.increment) & MASK128;
  }
}

/** The four 64-bit words that NumPy's SeedSequence makes of a seed. */
export function seedState(seed: bigint): [bigint, bigint, bigint, bigint] {
  const pool = pooled(wordsOf(seed));
  let constant = 0x8b51f9dd;
  const halves: bigint[] = [];
  for (let at = 0; at < 8; at++) {
    let value = pool[at % POOL]! ^ constant;
    constant = Math.imul(constant, 0x58f38ded) >>> 0;
    value = Math.imul(value, constant);
    halves.push(BigInt((value ^ (value >>> 16)) >>> 0));
  }
  const pair = (at: number) => halves[2 * at]! | (halves[2 * at + 1]! << 32n);
  return [pair(0), pair(1), pair(2), pair(3)];
}

/** A seed that nobody knows. */
export function randomSeed(): bigint {
  return crypto.getRandomValues(new Uint32Array(4)).reduce((seed, word) => (seed << 32n) | BigInt(word), 0n);
}

function wordsOf(seed: bigint): number[] {
  const words: number[] = [];
  for (let left = seed; left > 0n || !words.length; left >>= 32n) words.push(Number(left & MASK32));
  return words;
}

function pooled(words: readonly number[]): number[] {
  let constant = 0x43b0d7e5;
  const hashed = (word: number): number => {
    const value = word ^ constant;
    constant = Math.imul(constant, 0x931e8875) >>> 0;
    const multiplied = Math.imul(value, constant);
    return (multiplied ^ (multiplied >>> 16)) >>> 0;
  };
  const mixed = (one: number, other: number): number => {
    const value = (Math.imul(one, 0xca01f9dd) - Math.imul(other, 0x4973f715)) | 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const pool = Array.from({ length: POOL }, (_, at) => hashed(words[at] ?? 0));
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) if (to !== from) pool[to] = mixed(pool[to]!, hashed(pool[from]!));
  }
  for (const word of words.slice(POOL)) {
    for (let to = 0; to < POOL; to++) pool[to] = mixed(pool[to]!, hashed(word));
  }
  return pool;
}
