import { checkSettings, MOST_BEAMS, MOST_TOKENS, settingsAs } from "../decode/settings.js";
import { byLengthAndCoverage } from "../decode/scores.js";
import { bestSequences, greedy, type Hypothesis, type Limits } from "../decode/search.js";
import { EncoderDecoder, PairScorer } from "../encoder-decoder.js";
import { BundleError, InputError } from "../errors.js";
import type { Opened } from "../model.js";
import type { Caption, Look } from "../outcomes.js";
import type { CaptionSettings } from "../settings.js";
import type { CaptionSpec } from "../spec/tasks.js";
import { Pieces } from "../text/pieces.js";
import { lstrip, rstrip } from "../text/python.js";
import { type Span, wordsWithTokens } from "../text/spans.js";
import { meanOf } from "../translate/alignment.js";
import { loadPicture, modelInput, type PictureSource } from "../vision/picture.js";

type CaptionOptions = Required<CaptionSettings>;

const DEFAULTS: CaptionOptions = {
  beams: 3,
  nBest: 1,
  lengthPenalty: 2,
  maxTokens: null,
  maxSeconds: null,
  attention: false,
};

/** Says in a sentence what is in a picture. */
export class ImageCaptioner extends EncoderDecoder {
  override readonly kind = "caption";
  /** What the bundle says of the task. */
  readonly task: CaptionSpec;
  private readonly pieces: Pieces;
  private readonly never: readonly number[];

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { bundle } = opened;
    const { task } = bundle.manifest;
    if (task.name !== "caption") throw new BundleError(`${bundle.name}: not a captioner`);
    this.task = task;
    this.pieces = new Pieces(bundle.text(task.tokenizer), task.level, task.end, task.unknown);
    this.never = [task.pad, task.begin, task.unknown];
    check(opened, task, this.pieces.length);
  }

  /**
   * What is in a picture.
   *
   * @param source a Blob or its bytes, ImageData, ImageBitmap, an image, a canvas, a video or pixels; or a list of such.
   * @param settings see `CaptionSettings`; with `stream` one picture's caption as it comes, by the likeliest token.
   * @returns the n best captions, the best first; of a list, a list of these.
   * @throws InputError no picture, damaged, or too large; or a setting is unknown or out of its range.
   */
  caption(source: PictureSource, settings: CaptionSettings & { readonly stream: true }): AsyncIterableIterator<string>;
  caption(source: PictureSource, settings?: CaptionSettings & { readonly stream?: false }): Promise<Caption[]>;
  caption(source: readonly PictureSource[], settings?: CaptionSettings & { readonly stream?: false }): Promise<Caption[][]>;
  caption(
    source: PictureSource | readonly PictureSource[],
    settings: CaptionSettings & { readonly stream?: boolean } = {},
  ): AsyncIterableIterator<string> | Promise<Caption[] | Caption[][]> {
    if (!settings.stream) return this.whole(source, settings);
    const options = captionOptions({ ...settings, beams: settings.beams ?? 1 });
    if (Array.isArray(source) || options.beams !== 1) {
      throw new InputError("a stream is of one picture and one hypothesis: leave lists and beams out");
    }
    return this.parts(source as PictureSource, options);
  }

  private async whole(source: PictureSource | readonly PictureSource[], settings: CaptionSettings) {
    const options = captionOptions(settings);
    if (!Array.isArray(source)) return this.describe(source as PictureSource, options);
    const found: Caption[][] = [];
    for (const one of source as readonly PictureSource[]) found.push(await this.describe(one, options));
    return found;
  }

  private async describe(source: PictureSource, options: CaptionOptions): Promise<Caption[]> {
    const { scorer, first } = await this.begun(source);
    const score = byLengthAndCoverage(options.lengthPenalty, 0);
    const found = await bestSequences(scorer, first, this.limits(options), score, this.task.end, this.never);
    return found.slice(0, options.nBest).map((one) => this.said(one, options.attention));
  }

  private async *parts(source: PictureSource, options: CaptionOptions): AsyncIterableIterator<string> {
    const decoder = this.pieces.decoder();
    const { scorer, first } = await this.begun(source);
    let held = "";
    let said = false;
    for await (const one of greedy(scorer, first, this.limits(options), this.task.end, this.never)) {
      if (one.token !== this.task.end) held += decoder.feed(one.token);
      // Blanks at its ends are no part of a caption.
      if (!said) held = lstrip(held);
      const part = rstrip(held);
      held = held.slice(part.length);
      if (part) {
        said = true;
        yield part;
      }
    }
    const rest = rstrip(held + decoder.finish());
    if (rest) yield rest;
  }

  /** With what follows the beginning, which is not the end: there is something to say of every picture. */
  private async begun(source: PictureSource) {
    const picture = await loadPicture(source, this.task.image);
    const decoding = await this.encode({ [this.task.picture]: modelInput(picture, this.task.image) });
    const scorer = new PairScorer(decoding, this.task);
    const first = await scorer.step([0], [this.task.begin]);
    first.logits[0]![this.task.end] = -Infinity;
    return { scorer, first };
  }

  private limits({ beams, maxTokens, maxSeconds }: CaptionOptions): Limits {
    return { beams, maxTokens: maxTokens ?? this.task.max_tokens, maxSeconds, repetitionPenalty: 1 };
  }

  private said(one: Hypothesis, attended: boolean): Caption {
    const decoder = this.pieces.decoder();
    const spans: Span[] = [];
    let text = "";
    for (const token of one.tokens) {
      const part = decoder.feed(token);
      const added = text ? part : lstrip(part);
      spans.push([text.length, text.length + added.length]);
      text += added;
    }
    text = rstrip(text + decoder.finish());
    const rows = attended ? one.attention : null;
    const looks = rows ? wordsWithTokens(text, spans) : [];
    const attention = looks.map(({ span, tokens }): Look => ({
      word: text.slice(...span),
      span,
      weights: meanOf(tokens.map((token) => rows![token]!)),
    }));
    return { text, score: one.score, attention };
  }
}

function captionOptions(settings: CaptionSettings): CaptionOptions {
  const options = settingsAs(settings, DEFAULTS, ["stream"]);
  const most = [1, MOST_TOKENS] as const;
  return checkSettings(
    options,
    { beams: [1, MOST_BEAMS], nBest: [1, MOST_BEAMS], ...(options.maxTokens === null ? {} : { maxTokens: most }) },
    { lengthPenalty: [0, 10] },
  );
}

function check({ bundle }: Opened, task: CaptionSpec, tokens: number): void {
  const { inputs, outputs } = bundle.manifest;
  const { size } = task.image;
  const places = task.grid[0]! * task.grid[1]!;
  const shape = (tensors: typeof inputs, name: string) => tensors.find((one) => one.name === name)?.shape;
  for (const [name, last] of [
    [task.logits, tokens],
    [task.attention, places],
  ] as const) {
    const found = shape(outputs, name);
    if (found?.length !== 3 || found[1] !== null || found[2] !== last) {
      throw new BundleError(`${bundle.name}: its model has no output '${name}' of shape [1, time, ${last}]`);
    }
  }
  const picture = String(shape(inputs, task.picture));
  if (inputs.length !== 2 || picture !== String([1, size, size, 3]) || shape(inputs, task.token)?.length !== 2) {
    throw new BundleError(
      `${bundle.name}: its model's inputs are not '${task.picture}' [1, ${size}, ${size}, 3] and '${task.token}'`,
    );
  }
  if (Math.max(task.begin, task.end, task.pad, task.unknown) >= tokens) {
    throw new BundleError(`${bundle.name}: begin, end, pad or unknown is beyond the vocabulary of ${tokens} tokens`);
  }
}
