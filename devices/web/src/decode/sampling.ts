import type { DecodeOptions } from "./options.js";
import { Pcg64, randomSeed } from "./pcg64.js";
import { discourage } from "./penalty.js";
import { argmax, compare, greatest } from "./select.js";

type Sampling = Pick<DecodeOptions, "temperature" | "topK" | "topP" | "minP" | "repetitionPenalty" | "seed">;

/** Tokens that may be drawn, and the sums of their weights up to each. */
interface Cumulative {
  readonly ids: ArrayLike<number>;
  readonly sums: Float64Array;
}

/** Draws tokens, one generator for a whole text: the same seed and logits give the same tokens as in Python. */
export class Sampler {
  private readonly forbidden: ReadonlySet<number>;
  private readonly random: Pcg64;
  private readonly seen = new Set<number>();
  private allowed: Int32Array | null = null;

  /**
   * @param options how.
   * @param forbidden tokens that are never chosen.
   */
  constructor(
    private readonly options: Sampling,
    forbidden: Iterable<number> = [],
  ) {
    this.forbidden = new Set(forbidden);
    this.random = new Pcg64(options.seed ?? randomSeed());
  }

  /** Tells of tokens that have come, for the repetition penalty. */
  see(tokens: Iterable<number>): void {
    if (this.options.repetitionPenalty !== 1) for (const token of tokens) this.seen.add(token);
  }

  /** The next token; it counts as seen. The logits are changed. */
  choose(logits: Float32Array): number {
    for (const token of this.forbidden) logits[token] = -Infinity;
    discourage(logits, this.seen, this.options.repetitionPenalty);
    const token = this.options.temperature === 0 ? argmax(logits) : this.drawn(logits);
    this.see([token]);
    return token;
  }

  /** The tokens that may be drawn, and their probabilities. */
  distribution(logits: Float32Array): { ids: number[]; probabilities: number[] } {
    const { ids, sums } = this.cumulative(logits);
    const last = sums[sums.length - 1]!;
    const probabilities = Array.from(sums, (sum, at) => (sum - (at ? sums[at - 1]! : 0)) / last);
    return { ids: Array.from(ids), probabilities };
  }

  private drawn(logits: Float32Array): number {
    const { ids, sums } = this.cumulative(logits);
    const place = firstAbove(sums, this.random.random() * sums[sums.length - 1]!);
    return ids[Math.min(place, ids.length - 1)]!;
  }

  private cumulative(logits: Float32Array): Cumulative {
    const { topP, minP } = this.options;
    const topK = this.options.topK < logits.length - this.forbidden.size ? this.options.topK : 0;
    const ids = topK || topP < 1 || minP > 0 ? this.descending(logits, topK) : this.all(logits.length);
    const weights = this.weights(logits, ids);
    const sums = weights.slice();
    for (let at = 1; at < sums.length; at++) sums[at]! += sums[at - 1]!;
    let count = ids.length;
    if (topP < 1) count = Math.min(count, firstNotBelow(sums, topP * sums[sums.length - 1]!) + 1);
    if (minP > 0) {
      // The first weight, 1, is the greatest.
      const below = weights.findIndex((weight) => weight < minP);
      count = Math.max(1, Math.min(count, below < 0 ? count : below));
    }
    return { ids: Array.prototype.slice.call(ids, 0, count) as number[], sums: sums.subarray(0, count) };
  }

  private descending(logits: Float32Array, topK: number): ArrayLike<number> {
    if (topK) return greatest(logits, topK);
    const ids = Array.from(this.all(logits.length));
    return ids.sort((a, b) => compare(logits[b]!, logits[a]!) || a - b);
  }

  private all(size: number): Int32Array {
    if (this.allowed?.length !== size - this.forbidden.size) {
      this.allowed = Int32Array.from(Array.from({ length: size }, (_, id) => id).filter((id) => !this.forbidden.has(id)));
    }
    return this.allowed!;
  }

  /** In proportion to the probabilities, the greatest being 1. */
  private weights(logits: Float32Array, ids: ArrayLike<number>): Float64Array {
    let most = -Infinity;
    for (let at = 0; at < ids.length; at++) most = Math.max(most, logits[ids[at]!]!);
    return Float64Array.from(ids, (id) => Math.exp((logits[id]! - most) / this.options.temperature));
  }
}

/** The first place whose sum is greater. */
function firstAbove(sums: Float64Array, value: number): number {
  const found = sums.findIndex((sum) => sum > value);
  return found < 0 ? sums.length : found;
}

/** The first place whose sum is not less. */
function firstNotBelow(sums: Float64Array, value: number): number {
  const found = sums.findIndex((sum) => sum >= value);
  return found < 0 ? sums.length : found;
}
