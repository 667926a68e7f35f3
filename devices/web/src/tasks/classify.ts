import { floats, int32 } from "../arrays.js";
import { BundleError, InputError } from "../errors.js";
import { checkOutput, readLabels } from "../labels.js";
import { Model, type Opened } from "../model.js";
import type { Category } from "../outcomes.js";
import type { ClassifySpec } from "../spec/tasks.js";
import type { Tensor } from "../tensor.js";
import { cleanText } from "../text/clean.js";
import { type Encoder, loadTokenizer } from "../text/tokenizer.js";

/** Puts texts into categories. */
export class TextClassifier extends Model {
  override readonly kind = "classify";
  /** What the bundle says of the task. */
  readonly task: ClassifySpec;
  /** The labels, in the order of the model's output. */
  readonly labels: readonly string[];
  private readonly tokenizer: Encoder;

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { bundle } = opened;
    const { task } = bundle.manifest;
    if (task.name !== "classify") throw new BundleError(`${bundle.name}: not a classifier`);
    this.task = task;
    this.labels = readLabels(bundle, task.labels);
    checkOutput(bundle, task.output, 2, this.labels.length, "labels");
    this.tokenizer = loadTokenizer(bundle.text(task.text.tokenizer));
  }

  /**
   * Every label with its probability, the most probable first.
   *
   * @param text one text, or a list of texts.
   * @throws InputError not text.
   */
  classify(text: string): Promise<Category[]>;
  classify(text: readonly string[]): Promise<Category[][]>;
  async classify(text: string | readonly string[]): Promise<Category[] | Category[][]> {
    if (typeof text === "string") return this.categories(await this.probabilities(text));
    if (!Array.isArray(text)) throw new InputError(`expected a text or a list of texts, found ${typeof text}`);
    return Promise.all(text.map((one: string) => this.classify(one)));
  }

  /** The model's input for a text: token ids, int32 [1, length]. */
  encode(text: string): Record<string, Tensor> {
    const ids = this.tokenizer.encode(cleanText(text, this.task.text.max_chars));
    return { [this.task.text.input]: int32([1, ids.length], ids) };
  }

  /** One probability a label, in the order of `labels`. */
  async probabilities(text: string): Promise<Float32Array> {
    const outputs = await this.run(this.encode(text));
    return floats(outputs[this.task.output]).slice(0, this.labels.length);
  }

  private categories(probabilities: Float32Array): Category[] {
    // A stable sort: equal probabilities keep the labels' order.
    return this.labels
      .map((label, at) => ({ label, score: probabilities[at]! }))
      .sort((a, b) => b.score - a.score);
  }
}
