import { EncoderDecoder } from "../encoder-decoder.js";
import { BundleError, InputError } from "../errors.js";
import type { Opened } from "../model.js";
import type { Link, Translation } from "../outcomes.js";
import type { TranslateSettings } from "../settings.js";
import type { TranslateSpec } from "../spec/tasks.js";
import { cleanText } from "../text/clean.js";
import { Pieces } from "../text/pieces.js";
import { SPACE_CLASS } from "../text/python.js";
import { loadTokenizer } from "../text/tokenizer.js";
import { hasLetters, KeepingTranslator, moved, type Ranked } from "../translate/keeping.js";
import { partsOf } from "../translate/layout.js";
import { translationOptions, type TranslationOptions } from "../translate/options.js";
import { SentenceTranslator } from "../translate/sentence.js";

const BLANKS = new RegExp(SPACE_CLASS, "gu");

/** Translates texts. */
export class Translator extends EncoderDecoder {
  override readonly kind = "translate";
  /** What the bundle says of the task. */
  readonly task: TranslateSpec;
  private readonly sentences: KeepingTranslator;

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { bundle } = opened;
    const { task } = bundle.manifest;
    if (task.name !== "translate") throw new BundleError(`${bundle.name}: not a translator`);
    this.task = task;
    const encoder = loadTokenizer(bundle.text(task.source_tokenizer));
    const pieces = new Pieces(bundle.text(task.target_tokenizer), task.level, task.end, task.unknown);
    check(opened, task, pieces.length, this.longest());
    this.sentences = new KeepingTranslator(new SentenceTranslator(this, task, encoder, pieces));
  }

  /**
   * A text in the other language, its layout kept; addresses, variables, tags and numbers are kept as they are.
   *
   * @param text any characters, any length; or a list of texts.
   * @param settings see `TranslateSettings`; with `stream` one text's translation as it comes, always by the likeliest token.
   * @returns the n best translations, the best first; of a list, a list of these.
   * @throws InputError not a text, or a setting is unknown or out of its range.
   */
  translate(text: string, settings: TranslateSettings & { readonly stream: true }): AsyncIterableIterator<string>;
  translate(text: string, settings?: TranslateSettings & { readonly stream?: false }): Promise<Translation[]>;
  translate(text: readonly string[], settings?: TranslateSettings & { readonly stream?: false }): Promise<Translation[][]>;
  translate(
    text: string | readonly string[],
    settings: TranslateSettings & { readonly stream?: boolean } = {},
  ): AsyncIterableIterator<string> | Promise<Translation[] | Translation[][]> {
    if (!settings.stream) return this.whole(text, settings);
    const options = translationOptions({ ...settings, beams: settings.beams ?? 1 });
    if (typeof text !== "string") throw new InputError("a list of texts cannot be streamed: give one text");
    if (options.beams !== 1) throw new InputError("a stream is of one hypothesis: leave beams out");
    return this.parts(cleanText(text), options);
  }

  private async whole(text: string | readonly string[], settings: TranslateSettings) {
    const options = translationOptions(settings);
    if (!Array.isArray(text)) return this.translations(text as string, options);
    const found: Translation[][] = [];
    for (const one of text as readonly string[]) found.push(await this.translations(one, options));
    return found;
  }

  private async translations(text: string, options: TranslationOptions): Promise<Translation[]> {
    const parts = partsOf(cleanText(text));
    const found: Ranked[][] = [];
    for (const part of parts) {
      const translated = part.isSentence && hasLetters(part.text);
      found.push(
        translated
          ? await this.sentences.translate(part.text.replace(BLANKS, " "), options)
          : [{ translation: { text: part.text, score: 0, alignment: [] }, tokens: 0 }],
      );
    }
    const count = found.length ? Math.max(...found.map((one) => one.length)) : 1;
    const sources = parts.map((part) => part.text);
    return Array.from({ length: Math.min(count, options.nBest) }, (_, rank) =>
      joined(found.map((one) => one[Math.min(rank, one.length - 1)]!), sources, options.alignment),
    );
  }

  private async *parts(text: string, options: TranslationOptions): AsyncIterableIterator<string> {
    for (const part of partsOf(text)) {
      if (part.isSentence && hasLetters(part.text)) {
        yield* this.sentences.stream(part.text.replace(BLANKS, " "), options);
      } else yield part.text;
    }
  }
}

/** One translation out of those of a text's parts. */
function joined(parts: readonly Ranked[], sources: readonly string[], aligned: boolean): Translation {
  const links: Link[] = [];
  let source = 0;
  let text = "";
  let tokens = 0;
  let sum = 0;
  for (const [at, { translation, tokens: count }] of parts.entries()) {
    links.push(...translation.alignment.map((link) => moved(link, source, text.length)));
    source += sources[at]!.length;
    text += translation.text;
    tokens += count;
    sum += translation.score * count;
  }
  return { text, score: tokens ? sum / tokens : 0, alignment: aligned ? links : [] };
}

function check({ bundle }: Opened, task: TranslateSpec, tokens: number, longest: number): void {
  const { inputs, outputs } = bundle.manifest;
  const shape = (name: string) => outputs.find((one) => one.name === name)?.shape ?? [];
  for (const name of [task.logits, task.attention]) {
    if (shape(name).length !== 3) {
      throw new BundleError(`${bundle.name}: its model has no output '${name}' of shape [1, time, ...]`);
    }
  }
  const names = inputs.map((one) => one.name).sort();
  if (String(names) !== String([task.source, task.token].sort())) {
    throw new BundleError(`${bundle.name}: its model's inputs are not '${task.source}' and '${task.token}'`);
  }
  if (shape(task.logits).at(-1) !== tokens) {
    throw new BundleError(`${bundle.name}: ${tokens} tokens for ${shape(task.logits).at(-1)} outputs`);
  }
  if (Math.max(task.begin, task.end, task.pad, task.unknown) >= tokens) {
    throw new BundleError(`${bundle.name}: begin, end, pad or unknown is beyond the vocabulary of ${tokens} tokens`);
  }
  if (task.max_source > longest) {
    throw new BundleError(`${bundle.name}: sources of ${task.max_source} tokens for an encoder of ${longest}`);
  }
}
