import { InputError } from "../errors.js";
import { isObject } from "../spec/schema.js";

const FORMAT = 1;
const ORDER = 3;
/** The user's own words count for at most so much, and without a known context for a part of it. */
const MOST = 0.4;
const WITHOUT_CONTEXT = 0.15;
/** Contexts beyond this are forgotten, those seen least first. */
const CONTEXTS = 50_000;

type Counts = Map<number, number>;

/**
 * What a user writes, learnt on the device without training: counts of what followed what, mixed with the network
 * (Kuhn and De Mori 1990; Witten and Bell 1991). Nothing leaves the device.
 */
export class Adaptation {
  private counts = new Map<string, Counts>();

  /**
   * @param tokenizer SHA-256 of the tokenizer that numbers the tokens.
   * @param vocabulary number of tokens.
   */
  constructor(
    private readonly tokenizer: string,
    private readonly vocabulary: number,
  ) {}

  /** Tokens learnt from. */
  get length(): number {
    return sumOf(this.counts.get("") ?? new Map());
  }

  /** Takes the tokens of a whole text in, the one that every text begins after at their head. */
  learn(tokens: readonly number[]): void {
    for (let place = 1; place < tokens.length; place++) {
      for (let size = 0; size < Math.min(ORDER, place + 1); size++) {
        const context = keyOf(tokens.slice(place - size, place));
        const following = this.counts.get(context) ?? new Map<number, number>();
        following.set(tokens[place]!, (following.get(tokens[place]!) ?? 0) + 1);
        this.counts.set(context, following);
      }
    }
    if (this.counts.size > CONTEXTS) this.prune();
  }

  /** Forgets everything. */
  clear(): void {
    this.counts.clear();
  }

  /**
   * Logarithms of the mixture's probabilities.
   *
   * @param logits the network's.
   * @param tokens so far.
   */
  mix(logits: Float32Array, tokens: readonly number[]): Float32Array {
    const known: Counts[] = [];
    for (let size = 0; size < Math.min(ORDER, tokens.length + 1); size++) {
      const found = this.counts.get(keyOf(tokens.slice(tokens.length - size)));
      if (found) known.push(found);
    }
    if (!known.length) return logits;
    const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
    const shares = Float64Array.from(logits, (value) => Math.exp(value - most));
    const sum = shares.reduce((a, b) => a + b, 0);
    const share = shareOf(known);
    const own = wittenBell(known);
    return Float32Array.from(shares, (value, token) =>
      Math.log(Math.max((value / sum) * (1 - share) + share * (own.get(token) ?? 0), 1e-30)),
    );
  }

  /** The counts as JSON, in the form that the Python runtime keeps them. */
  save(): string {
    const counts = Object.fromEntries([...this.counts].map(([context, one]) => [context, Object.fromEntries(one)]));
    return JSON.stringify({ format: FORMAT, tokenizer: this.tokenizer, counts });
  }

  /**
   * Takes over the counts of a text that `save` gave, here or in Python.
   *
   * @throws InputError it belongs to another tokenizer, or is none. The counts are then as before.
   */
  load(text: string): void {
    const document = parsed(text);
    const counts = isObject(document) && document["format"] === FORMAT ? this.parsedCounts(document["counts"]) : null;
    if (!counts) throw new InputError("no memory of a language model: remove it to begin anew");
    if (isObject(document) && document["tokenizer"] !== this.tokenizer) {
      throw new InputError("the memory was learnt with another model's tokens: give each model one of its own");
    }
    this.counts = counts;
  }

  private parsedCounts(value: unknown): Map<string, Counts> | null {
    if (!isObject(value)) return null;
    const found = new Map<string, Counts>();
    for (const [context, following] of Object.entries(value)) {
      if (!isObject(following) || !/^(\d+( \d+)*)?$/.test(context)) return null;
      const counts: Counts = new Map();
      for (const [token, count] of Object.entries(following)) {
        const id = Number(token);
        const sound = Number.isInteger(id) && id >= 0 && id < this.vocabulary;
        if (!sound || typeof count !== "number" || !Number.isInteger(count) || count < 1) return null;
        counts.set(id, count);
      }
      found.set(context, counts);
    }
    return found;
  }

  private prune(): void {
    const order = ([context, following]: [string, Counts]) => [context ? context.split(" ").length : 0, -sumOf(following)];
    const ranked = [...this.counts]
      .map((entry) => ({ entry, order: order(entry) }))
      .sort((a, b) => a.order[0]! - b.order[0]! || a.order[1]! - b.order[1]!);
    this.counts = new Map(ranked.slice(0, CONTEXTS / 2).map((one) => one.entry));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const keyOf = (context: readonly number[]): string => context.join(" ");

function sumOf(counts: Counts): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

/** How much the personal model counts: the more, the more often the longest known context was seen. */
function shareOf(known: readonly Counts[]): number {
  if (known.length === 1) return MOST * WITHOUT_CONTEXT;
  const last = known.at(-1)!;
  const seen = sumOf(last);
  return MOST * Math.max(seen / (seen + last.size), WITHOUT_CONTEXT);
}

/** Probabilities by token, from the shortest context to the longest. */
function wittenBell(known: readonly Counts[]): Counts {
  const total = sumOf(known[0]!);
  let found: Counts = new Map([...known[0]!].map(([token, count]) => [token, count / total]));
  for (const following of known.slice(1)) {
    const seen = sumOf(following);
    const kinds = following.size;
    found = new Map([...found].map(([token, probability]) => [token, (kinds / (seen + kinds)) * probability]));
    for (const [token, count] of following) found.set(token, (found.get(token) ?? 0) + count / (seen + kinds));
  }
  return found;
}
