import type { Scored } from "../decode/scorer.js";
import { byLengthAndCoverage } from "../decode/scores.js";
import { bestSequences, greedy, type Hypothesis, type Limits } from "../decode/search.js";
import { type Decoding, type EncoderDecoder, PairScorer } from "../encoder-decoder.js";
import type { Link } from "../outcomes.js";
import type { TranslateSpec } from "../spec/tasks.js";
import type { Pieces } from "../text/pieces.js";
import { isAlnum, rstrip } from "../text/python.js";
import type { Span } from "../text/spans.js";
import type { Encoder } from "../text/tokenizer.js";
import { leavesOut, linksOf, LONG } from "./alignment.js";
import type { TranslationOptions } from "./options.js";
import { readSource, type SourceText } from "./source.js";
import { Speaker } from "./speaker.js";

/** A translation may be longer than its source by so many tokens, whatever the ratio. */
const SPARE = 10;

/** One translation of a piece of text. */
export interface Said {
  /** Without blanks at its ends. */
  readonly text: string;
  readonly score: number;
  /** How many were written, the end counted. */
  readonly tokens: number;
  readonly links: readonly Link[];
  /** Whether a part of a long source is missing, by the attention. */
  readonly lacks: boolean;
}

/** Translates what fits into the model at once. */
export class SentenceTranslator {
  private readonly never: readonly number[];
  private readonly neverPlain: readonly number[];

  constructor(
    private readonly model: EncoderDecoder,
    private readonly task: TranslateSpec,
    private readonly encoder: Encoder,
    private readonly pieces: Pieces,
  ) {
    this.never = [task.pad, task.begin];
    // Tokens that are bytes or characters leave nothing unknown but what stands for something.
    this.neverPlain = task.level === "bpe" || task.level === "char" ? [task.unknown, ...this.never] : this.never;
  }

  /** Token ids of a source. */
  encode(text: string): number[] {
    return this.encoder.encode(text);
  }

  /** Whether the model has learnt where the unknown token goes: not where nothing is unknown. */
  get saysUnknown(): boolean {
    return !this.neverPlain.includes(this.task.unknown);
  }

  /** Whether a source can be read at once. */
  fits(text: string): boolean {
    // A token is a byte at least: short texts need not be tokenized to know, nor need very long ones.
    const most = this.task.max_source;
    const length = countOf(text);
    return 4 * length <= most || (length <= 100 * most && this.encode(text).length <= most);
  }

  /** Whether a source has so many tokens that a part may be missing in its translation. */
  isLong(text: string): boolean {
    return 4 * countOf(text) >= LONG && this.encode(text).length >= LONG;
  }

  /**
   * The best translations of a text that fits, the best first.
   *
   * @param standIns characters in it that stand for something.
   * @param aligned whether links are wanted.
   */
  async translate(text: string, options: TranslationOptions, standIns = "", aligned = false): Promise<Said[]> {
    const source = this.source(text, standIns, aligned);
    const score = byLengthAndCoverage(options.lengthPenalty, options.coveragePenalty);
    const { scorer, first } = await this.begun(source);
    const limits = this.limits(source, options);
    const found = await bestSequences(scorer, first, limits, score, this.task.end, this.forbidden(source));
    const said = found.map((one) => this.said(source, one, aligned));
    return this.closing(text) ? said.map((one) => this.opened(one, text.length)) : said;
  }

  /** The likeliest translation of a text that fits, as it comes. */
  async *stream(text: string, options: TranslationOptions): AsyncGenerator<string> {
    const source = this.source(text);
    const speaker = new Speaker(this.pieces, this.task, source);
    const { scorer, first } = await this.begun(source);
    const limits = this.limits(source, options);
    const ending = this.closing(text) ? this.task.target_closing : "";
    let held = "";
    for await (const one of greedy(scorer, first, limits, this.task.end, this.forbidden(source))) {
      if (one.token === this.task.end) break;
      held += speaker.feed(one.token, one.attention);
      // Blanks at the end are no part of a translation, nor is what closes it for the model's sake.
      const said = withoutEnding(held, ending);
      held = held.slice(said.length);
      if (said) yield said;
    }
    const rest = withoutEnding(held + speaker.finish(), ending);
    if (rest) yield rest;
  }

  private source(text: string, standIns = "", aligned = false): SourceText {
    const { task } = this;
    return readSource(text + this.closing(text), {
      encode: (one) => this.encode(one),
      standIns,
      unknown: task.unknown,
      longest: task.max_source,
      // Where the unknown token may be said, it says a word of the source.
      byWord: aligned || this.saysUnknown || standIns !== "",
    });
  }

  /** What is put behind a text for the model's sake. */
  private closing(text: string): string {
    return isAlnum(Array.from(text).at(-1) ?? "") ? this.task.closing : "";
  }

  /** Without what closes it for the model's sake; the source has so many characters. */
  private opened(said: Said, length: number): Said {
    const text = withoutEnding(said.text, this.task.target_closing);
    const within = ([start, end]: Span, most: number): Span => [Math.min(start, most), Math.min(end, most)];
    const links = said.links
      .filter((link) => link.target[0] < text.length)
      .map((link) => ({ ...link, source: within(link.source, length), target: within(link.target, text.length) }));
    return { ...said, text, links };
  }

  private async begun(source: SourceText): Promise<{ scorer: PairScorer; first: Scored }> {
    // Nothing at all is read as one step of padding, as in training.
    const ids = Int32Array.from(source.ids.length ? source.ids : [this.task.pad]);
    const decoding: Decoding = await this.model.encode({
      [this.task.source]: { dtype: "int32", shape: [1, ids.length], data: ids },
    });
    const scorer = new PairScorer(decoding, this.task);
    return { scorer, first: await scorer.step([0], [this.task.begin]) };
  }

  private limits(source: SourceText, options: TranslationOptions): Limits {
    const most = Math.ceil(options.maxRatio * Math.max(1, source.ids.length)) + SPARE;
    const { beams, maxSeconds } = options;
    return { beams, maxTokens: Math.min(options.maxTokens, most), maxSeconds, repetitionPenalty: 1 };
  }

  private forbidden(source: SourceText): readonly number[] {
    return source.stoodFor.length ? this.never : this.neverPlain;
  }

  private said(source: SourceText, one: Hypothesis, aligned: boolean): Said {
    const speaker = new Speaker(this.pieces, this.task, source);
    const spoken = one.tokens.map((token, at) => speaker.feed(token, one.attention?.[at] ?? null)).join("");
    const text = rstrip(spoken + speaker.finish());
    const links = aligned ? linksOf(text, speaker.spans, one.attention, source.words) : [];
    const lacks = one.ended && one.attention !== null && leavesOut(one.attention, source.ids.length);
    return { text, score: one.score, tokens: one.tokens.length + Number(one.ended), links, lacks };
  }
}

function countOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function withoutEnding(text: string, ending: string): string {
  const said = rstrip(text);
  return rstrip(ending && said.endsWith(ending) ? said.slice(0, -ending.length) : said);
}
