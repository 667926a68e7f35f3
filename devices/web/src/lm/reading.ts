import { floats, int32 } from "../arrays.js";
import type { BatchScorer, Scored } from "../decode/scorer.js";
import type { Session } from "../session.js";

/** Changes scores in the light of the tokens so far: adaptation to what the user has written. */
export type Mixer = (logits: Float32Array, tokens: readonly number[]) => Float32Array;

/** Tokens that are read together; all of their scores are made, so that more would only cost memory. */
const PIECE = 16;

/** A text that a model has read: what may follow, and the states to go on from. */
export class Reading {
  private readonly known: number[];

  /**
   * @param session of a language model.
   * @param names of the model's input and output.
   * @param mixer applied to all scores, or null.
   * @param tokens read so far.
   * @param after logits of what follows them; null where nothing has been read.
   */
  constructor(
    private readonly session: Session,
    private readonly names: readonly [string, string],
    private readonly mixer: Mixer | null = null,
    tokens: readonly number[] = [],
    private after: Float32Array | null = null,
  ) {
    this.known = [...tokens];
  }

  /** What has been read. */
  get tokens(): readonly number[] {
    return this.known;
  }

  /** Logits of what follows: a copy, mixed. */
  get logits(): Float32Array {
    if (!this.after) throw new Error("nothing has been read");
    return this.mixed(this.after.slice());
  }

  /** Takes a token in; the logits of what may follow are the caller's to change. */
  async step(token: number): Promise<Float32Array> {
    const [, output] = this.names;
    const logits = floats((await this.session.step(token))[output]);
    this.after = null;
    this.known.push(token);
    return this.mixed(logits);
  }

  /** Takes many tokens in, one or more. */
  async read(tokens: readonly number[]): Promise<void> {
    const [input, output] = this.names;
    for (let start = 0; start < tokens.length; start += PIECE) {
      const piece = tokens.slice(start, start + PIECE);
      const found = (await this.session.run({ [input]: int32([1, piece.length], piece) }))[output]!;
      const size = found.shape.at(-1)!;
      this.after = floats(found).slice(-size);
    }
    this.known.push(...tokens);
  }

  /** The same reading, its scores mixed in another way; it takes this one's place. */
  withMixer(mixer: Mixer | null): Reading {
    return new Reading(this.session, this.names, mixer, this.known, this.after);
  }

  /** The same text, once more. */
  fork(): Reading {
    return new Reading(this.session.fork(), this.names, this.mixer, this.known, this.after);
  }

  private mixed(logits: Float32Array): Float32Array {
    return this.mixer ? this.mixer(logits, this.known) : logits;
  }
}

/** Readings side by side, for a beam search. */
export class ForkingScorer implements BatchScorer {
  private readings: Reading[];

  constructor(reading: Reading) {
    this.readings = [reading];
  }

  /** The last child of a sequence goes on with its reading, the others with copies. */
  async step(parents: readonly number[], tokens: readonly number[]): Promise<Scored> {
    this.readings = parents.map((parent, place) =>
      parents.lastIndexOf(parent) === place ? this.readings[parent]! : this.readings[parent]!.fork(),
    );
    const logits: Float32Array[] = [];
    for (const [place, token] of tokens.entries()) logits.push(await this.readings[place]!.step(token));
    return { logits, attention: null };
  }
}
