import { type DecodeOptions, decodeOptions } from "../decode/options.js";
import { Sampler } from "../decode/sampling.js";
import { byLength } from "../decode/scores.js";
import { deadline, search } from "../decode/search.js";
import { StopStrings } from "../decode/stop.js";
import { BundleError, InputError } from "../errors.js";
import { checkOutput } from "../labels.js";
import { Adaptation } from "../lm/adaptation.js";
import { Prefixes } from "../lm/prefixes.js";
import { ForkingScorer, Reading } from "../lm/reading.js";
import { typed, Words } from "../lm/words.js";
import { Model, type Opened } from "../model.js";
import type { Suggestion } from "../outcomes.js";
import type { GenerateSettings } from "../settings.js";
import type { LmSpec } from "../spec/tasks.js";
import { checkText, cleanText, lastCharacters } from "../text/clean.js";
import { Pieces } from "../text/pieces.js";
import { type Encoder, loadTokenizer } from "../text/tokenizer.js";

/** A token is seldom longer: of a longer prompt not more characters are even tokenized. */
const CHARS_A_TOKEN = 16;
const CANDIDATES = 4;

/** Predicts words and generates text. */
export class LanguageModel extends Model {
  override readonly kind = "lm";
  /** What the bundle says of the task. */
  readonly task: LmSpec;
  /** What each token is in a text. */
  readonly pieces: Pieces;
  /** What the user has written, or null where nothing is learnt. */
  adaptation: Adaptation | null = null;
  private readonly tokenizer: Encoder;
  private readonly words: Words;
  private readonly prefixes = new Prefixes();

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { bundle } = opened;
    const { task } = bundle.manifest;
    if (task.name !== "lm") throw new BundleError(`${bundle.name}: not a language model`);
    this.task = task;
    this.tokenizer = loadTokenizer(bundle.text(task.tokenizer));
    this.pieces = new Pieces(bundle.text(task.tokenizer), task.level, task.end, task.unknown);
    checkOutput(bundle, task.output, 3, this.pieces.length, "tokens");
    this.words = new Words(this.pieces, task.level, [task.unknown, task.end]);
  }

  /** Token ids of a text, its last `max_prompt` ones; lone surrogates are read as U+FFFD. */
  encode(text: string): number[] {
    const most = this.task.max_prompt;
    return this.encodeAll(lastCharacters(checkText(text), most * CHARS_A_TOKEN)).slice(-most);
  }

  /** Token ids of a text of any length. */
  encodeAll(text: string): number[] {
    return this.tokenizer.encode(cleanText(text).replace(/\r\n?/g, "\n"));
  }

  /**
   * The k most probable words: those that complete the one being typed, and, where it may be whole, the next.
   *
   * @param text what has been typed, any length. A blank at its end says that its last word is whole.
   * @param k 1 or more; at most so many are given, the most probable first.
   * @throws InputError not a string, or k is not a positive whole number.
   */
  async nextTokens(text: string, k = 3): Promise<Suggestion[]> {
    if (!Number.isInteger(k) || k < 1) throw new InputError(`k must be a whole number, 1 or more, not ${k}`);
    const now = typed(checkText(text));
    const found = await this.words.suggest(await this.read(now.before), now, k + CANDIDATES);
    const whole = now.partial ? (found.find((one) => one.text === now.partial)?.score ?? 0) : 0;
    const after = whole ? await this.words.suggest(await this.read(text), typed(`${text} `), k) : [];
    return [
      ...found.filter((one) => !whole || one.text !== now.partial),
      ...after.map((one) => ({ ...one, score: one.score * whole })),
    ]
      .sort((a, b) => b.score - a.score)
      .slice(0, k);
  }

  /**
   * Text that goes on from a prompt.
   *
   * @param prompt any length; its last `max_prompt` tokens are read.
   * @param settings see `GenerateSettings`; with `stream` the text comes as it is made, in parts that add up to it.
   * @throws InputError a setting is unknown or out of its range.
   */
  generate(prompt: string, settings: GenerateSettings & { readonly stream: true }): AsyncIterableIterator<string>;
  generate(prompt?: string, settings?: GenerateSettings & { readonly stream?: false }): Promise<string>;
  generate(
    prompt = "",
    settings: GenerateSettings & { readonly stream?: boolean } = {},
  ): AsyncIterableIterator<string> | Promise<string> {
    if (settings.stream) return this.parts(prompt, decodeOptions(settings), settings.signal);
    return this.whole(prompt, settings);
  }

  /** Adapts to a text of the user's, from here on; nothing leaves the device. */
  learn(text: string): void {
    this.adaptation ??= this.newAdaptation();
    this.adaptation.learn([this.task.end, ...this.encode(text)]);
  }

  /**
   * An empty memory for this model's tokens, or one that `Adaptation.save` has given.
   *
   * @throws InputError the text is none, or another model's.
   */
  newAdaptation(saved?: string): Adaptation {
    const adaptation = new Adaptation(this.manifest.assets[this.task.tokenizer]!.sha256, this.pieces.length);
    if (saved !== undefined) adaptation.load(saved);
    return adaptation;
  }

  private async whole(prompt: string, settings: GenerateSettings): Promise<string> {
    let text = "";
    for await (const part of this.parts(prompt, decodeOptions(settings), settings.signal)) text += part;
    return text;
  }

  /** The model after a text; the states after the last few texts are kept, and longer ones go on from them. */
  private async read(text: string): Promise<Reading> {
    const tokens = [this.task.end, ...this.encode(text)];
    const { adaptation } = this;
    const mixer = adaptation && ((logits: Float32Array, so: readonly number[]) => adaptation.mix(logits, so));
    const known = this.prefixes.longest(tokens);
    const reading = known ?? new Reading(this.session(), [this.task.input, this.task.output]);
    const rest = tokens.slice(reading.tokens.length);
    if (rest.length) {
      await reading.read(rest);
      this.prefixes.keep(reading);
    }
    return reading.withMixer(mixer);
  }

  private async *parts(prompt: string, options: DecodeOptions, signal?: AbortSignal): AsyncIterableIterator<string> {
    const late = deadline(options.maxSeconds);
    // A blank at the prompt's end belongs to the token that comes.
    const cut = checkText(prompt).endsWith(" ") && this.task.level !== "char" ? prompt.slice(0, -1) : prompt;
    const reading = await this.read(cut);
    const stops = new StopStrings(options.stop);
    const decoder = this.pieces.decoder(prompt);
    let blank = cut !== prompt;
    const tokens = options.beams > 1 ? this.beam(reading, options) : this.drawn(reading, options, late);
    for await (const token of tokens) {
      let text = decoder.feed(token);
      if (blank && text) {
        text = text.replace(/^ /, "");
        blank = false;
      }
      const passed = stops.feed(text);
      if (passed) yield passed;
      if (stops.stopped || signal?.aborted) return;
    }
    const rest = stops.feed(decoder.finish()) + stops.finish();
    if (rest) yield rest;
  }

  private async *drawn(reading: Reading, options: DecodeOptions, late: () => boolean): AsyncGenerator<number> {
    const sampler = new Sampler(options, [this.task.unknown]);
    sampler.see(reading.tokens.slice(1));
    let { logits } = reading;
    for (let number = 0; number < options.maxTokens && !late(); number++) {
      const token = sampler.choose(logits);
      if (token === this.task.end && !this.pieces.isBlankLevel) return;
      yield token;
      if (number + 1 < options.maxTokens) logits = await reading.step(token);
    }
  }

  private async *beam(reading: Reading, options: DecodeOptions): AsyncGenerator<number> {
    const end = this.pieces.isBlankLevel ? null : this.task.end;
    const first = { logits: [reading.logits], attention: null };
    const score = byLength(options.lengthPenalty);
    const found = await search(new ForkingScorer(reading), first, options, score, end, [this.task.unknown]);
    yield* found[0]?.tokens ?? [];
  }
}
