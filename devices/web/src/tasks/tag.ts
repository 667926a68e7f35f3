import { BundleError, InputError } from "../errors.js";
import { BaseModel, type Opened } from "../model.js";
import type { Entity, Token } from "../outcomes.js";
import { Session } from "../session.js";
import type { TagSpec } from "../spec/tasks.js";
import { readAssets, type TagAssets } from "../tag/assets.js";
import type { Answer, Column } from "../tag/column.js";
import type { Steps } from "../tag/crf.js";
import { TagSession } from "../tag/session.js";
import { entitiesOf, Tagging, tokensOf, wordsBetweenBlanks } from "../tag/tagging.js";
import { longestWindow, type Window, windowsFor } from "../tag/windows.js";
import { sentencesOf, type Word, wordsOf } from "../tag/words.js";
import type { Tensor } from "../tensor.js";

/** How columns of entities are called; others with a scheme (phrases) stand beside them. */
const ENTITIES = ["ner", "ne", "entity", "entities", "ner_tags"];

/** Labels the words of texts. */
export class SequenceTagger extends BaseModel {
  override readonly kind = "tag";
  /** What the bundle says of the task. */
  readonly task: TagSpec;
  /** The columns by name: their labels, and how scores become labels. */
  readonly columns: Readonly<Record<string, Column>>;
  /** Columns whose spans are the entities: one that is called so, otherwise all that have a scheme. */
  readonly entityColumns: readonly string[];
  /** The column that a token's label is from where only one is shown. */
  readonly mainColumn: string;
  private readonly assets: TagAssets;

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { bundle } = opened;
    const { task } = bundle.manifest;
    if (task.name !== "tag") throw new BundleError(`${bundle.name}: not a tagger`);
    this.task = task;
    this.assets = readAssets(task, bundle);
    this.columns = Object.fromEntries(this.assets.columns.map((one) => [one.spec.name, one]));
    const marked = task.columns.filter((one) => one.scheme !== "none").map((one) => one.name);
    const named = marked.filter((name) => ENTITIES.includes(name.toLowerCase()));
    this.entityColumns = named.length ? named.slice(0, 1) : marked;
    this.mainColumn = [...this.entityColumns, ...task.columns.map((one) => one.name)][0]!;
    checkOutputs(opened, this.assets.columns);
  }

  /**
   * The words of a text with their labels.
   *
   * @param text any characters, any length; or a list of words: they are one sentence, taken as it is.
   * @returns the tokens; `text.slice(start, end)` is each of them. `.entities` are grouped.
   * @throws InputError neither a text nor a list of texts, or a word in the list is empty.
   */
  async tag(text: string | readonly string[]): Promise<Tagging> {
    const given = typeof text === "string" ? null : wordsBetweenBlanks(text);
    const whole = typeof text === "string" ? text : given!.map((one) => one.text).join(" ");
    const sentences = given ? (given.length ? [given] : []) : sentencesOf(whole, this.words(whole));
    const marking = this.assets.columns.filter((one) => one.spec.scheme !== "none");
    const spans: Record<string, Entity[]> = Object.fromEntries(marking.map((one) => [one.spec.name, []]));
    const tokens: Token[] = [];
    for (const words of sentences) {
      const answers = await this.answers(words.map((one) => one.text));
      tokens.push(...tokensOf(words, answers, this.mainColumn));
      for (const [name, found] of Object.entries(spans)) found.push(...entitiesOf(whole, words, answers[name]!));
    }
    return new Tagging(whole, tokens, spans, this.entityColumns);
  }

  /** As `tag`, for each of many texts or lists of words. */
  async tagMany(texts: readonly (string | readonly string[])[]): Promise<Tagging[]> {
    if (!Array.isArray(texts)) throw new InputError("expected a list of texts: one text is for tag");
    return Promise.all(texts.map((one) => this.tag(one)));
  }

  /**
   * A sentence whose words arrive one by one.
   *
   * @throws InputError the model reads sentences in both directions.
   */
  session(): TagSession {
    if (this.execution.mode !== "chunked") {
      throw new InputError(
        "this tagger reads sentences in both directions, and has no sessions: train with --direction forward " +
          "(--preset stream) for words that arrive one by one",
      );
    }
    return new TagSession(this, new Session(this, this.newStream()));
  }

  /** The words of a text, as the model was trained to have them cut. */
  words(text: string): Word[] {
    return wordsOf(text, this.task.clitics, (word) => this.assets.abbreviations.has(word));
  }

  /** What the network takes for one or more words. */
  inputs(tokens: readonly string[]): Record<string, Tensor> {
    return this.assets.features.inputs(tokens);
  }

  /** What the network takes for the words of a text, as one sentence, those of one window. */
  encode(text: string): Record<string, Tensor> {
    const words = this.words(text).slice(0, longestWindow(this.task));
    return this.inputs(words.map((one) => one.text));
  }

  /** Labels by column of one sentence of one or more words. */
  private async answers(tokens: readonly string[]): Promise<Record<string, Answer>> {
    const scores = await this.scores(tokens);
    return Object.fromEntries(this.assets.columns.map((one) => [one.spec.name, one.answer(scores[one.spec.name]!)]));
  }

  /** The network's scores by column, of each word. */
  private async scores(tokens: readonly string[]): Promise<Record<string, Steps>> {
    const parts: Record<string, Float32Array[]> = Object.fromEntries(this.assets.columns.map((one) => [one.spec.name, []]));
    for (const window of this.windows(tokens.length)) {
      const outputs = await this.run(this.inputs(tokens.slice(window.start, window.stop)));
      for (const { spec, labels } of this.assets.columns) {
        const data = outputs[spec.output]!.data as Float32Array;
        for (let row = window.first - window.start; row < window.last - window.start; row++) {
          parts[spec.name]!.push(data.subarray(row * labels.length, (row + 1) * labels.length));
        }
      }
    }
    return parts;
  }

  private windows(count: number): Window[] {
    // What reads forward only needs none: its states are carried on.
    if (this.execution.mode === "chunked") return [{ start: 0, stop: count, first: 0, last: count }];
    return windowsFor(count, this.task);
  }
}

function checkOutputs({ bundle }: Opened, columns: readonly Column[]): void {
  for (const { spec, labels } of columns) {
    const found = bundle.manifest.outputs.find((one) => one.name === spec.output && one.shape.length === 3);
    const size = found?.shape.at(-1);
    if (size !== labels.length) {
      const given = found ? String(size) : "no output";
      throw new BundleError(`${bundle.name}: column '${spec.name}': ${labels.length} labels for ${given}`);
    }
  }
}
