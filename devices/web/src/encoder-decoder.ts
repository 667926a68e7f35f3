import { checkInputs, concatenated, padded, picked, readRaw, sizeOf, sliced, stacked } from "./arrays.js";
import type { BatchScorer, Scored } from "./decode/scorer.js";
import { InputError } from "./errors.js";
import { BaseModel, type Opened } from "./model.js";
import { wholePlan } from "./plan.js";
import type { TensorSpec } from "./spec/tensors.js";
import type { Stream } from "./stream.js";
import type { Tensor, TensorLike } from "./tensor.js";

type Arrays = Readonly<Record<string, Tensor>>;
type Given = Readonly<Record<string, TensorLike>>;

/** Models of two parts: an encoder that runs once, and a decoder's step that runs for each token. */
export class EncoderDecoder extends BaseModel {
  private readonly encoders: readonly number[];
  private readonly lengths: readonly number[];
  private readonly encoderInputs: readonly string[];

  constructor(opened: Opened) {
    super(opened, ["encode_step"]);
    const { signatures } = this.execution;
    // From the longest, as `wholePlan` takes them.
    this.encoders = signatures.flatMap((one, number) => (one.part === "encode" ? [number] : []));
    this.lengths = this.encoders.map((number) => signatures[number]!.steps);
    this.encoderInputs = signatures[this.encoders[0]!]!.inputs.map((one) => one.name);
  }

  /**
   * Computes what follows each token of a target.
   *
   * @param inputs the encoder's (a source [1, length]), and the decoder's with a time axis (the target's tokens from the
   *   beginning, [1, time]). With [rows, time] several targets of the one source are computed side by side.
   * @param states of the decoder, [rows, ...], to start from in place of those that the encoder gives.
   * @returns the outputs of the step by name, [rows, time, ...].
   */
  override async run(inputs: Given, states: Given | null = null): Promise<Record<string, Tensor>> {
    const stepNames = this.manifest.inputs.map((one) => one.name).filter((name) => !this.encoderInputs.includes(name));
    const rows = Math.max(1, ...stepNames.map((name) => (inputs[name] === undefined ? 1 : (readRaw(inputs[name])?.shape[0] ?? 1))));
    const repeated = (one: TensorSpec): TensorSpec => ({ ...one, shape: [rows, ...one.shape.slice(1)] });
    const specs = this.manifest.inputs.map((one) => (this.encoderInputs.includes(one.name) ? one : repeated(one)));
    const arrays = checkInputs(inputs, specs);
    const start = states && checkInputs(states, this.execution.states.map(repeated));
    const lengths = stepNames.map((name) => arrays[name]!.shape[1]!);
    const [length = 0] = lengths;
    if (length < 1 || lengths.some((one) => one !== length)) {
      throw new InputError(`${stepNames.join(", ")}: as many steps each, and at least one, are needed`);
    }
    const decoding = await this.encode(Object.fromEntries(this.encoderInputs.map((name) => [name, arrays[name]!])));
    if (start) decoding.setStates(start);
    const found: Record<string, Tensor>[] = [];
    for (let time = 0; time < length; time++) {
      const step = Object.fromEntries(stepNames.map((name) => [name, sliced(arrays[name]!, 1, time, time + 1)]));
      found.push(await decoding.step(step, time || start ? null : Array<number>(rows).fill(0)));
    }
    return Object.fromEntries(
      this.manifest.outputs.map(({ name }) => [name, stacked(found.map((outputs) => outputs[name]!), 1)]),
    );
  }

  /**
   * @internal Runs the encoder on its inputs, checked.
   *
   * @throws InputError a source is empty, or longer than the longest encoder.
   */
  async encode(inputs: Arrays): Promise<Decoding> {
    const sequences = this.encoderInputs.filter((name) => this.execution.sequence_inputs.includes(name));
    const length = sequences.length ? inputs[sequences[0]!]!.shape[1]! : 0;
    if (sequences.length && length < 1) {
      throw new InputError(`sequence input '${sequences[0]}' is empty: at least one step is needed`);
    }
    const place = sequences.length ? wholePlan(length, this.lengths).signature : 0;
    const size = this.lengths[place]!;
    const given = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, this.pad(name, array, size)]));
    const stream = this.newStream();
    await this.lock.run(() => stream.run(this.encoders[place]!, given));
    return new Decoding(this, stream, length, size);
  }

  /** @internal Steps of the longest source. */
  longest(): number {
    return this.lengths[0]!;
  }

  /** @internal How many rows the steps for a memory of this size take, the fewest first. */
  rowSizes(size: number): number[] {
    const steps = this.execution.signatures.filter((one) => one.part === "step" && one.steps === size);
    return steps.map((one) => one.rows).sort((a, b) => a - b);
  }

  /** @internal One step of a stream whose states have so many rows. */
  runStep(stream: Stream, size: number, rows: number, inputs: Arrays): Promise<Record<string, Tensor>> {
    const signature = this.execution.signatures.findIndex(
      (one) => one.part === "step" && one.steps === size && one.rows === rows,
    );
    return this.lock.run(() => stream.run(signature, inputs));
  }

  /** @internal Outputs whose last axis is the source's. */
  sourceOutputs(): string[] {
    return this.manifest.outputs.filter((one) => one.shape.length > 2 && one.shape.at(-1) === null).map((one) => one.name);
  }
}

/** One source that has been encoded, and the sequences that are being made from it. */
export class Decoding {
  private readonly rowSizes: readonly number[];
  private readonly cut: readonly string[];
  private rows = 1;
  /** Where several calls make up a step, all states are here. */
  private held: Record<string, Tensor> | null = null;

  constructor(
    private readonly model: EncoderDecoder,
    private readonly stream: Stream,
    private readonly length: number,
    private readonly size: number,
  ) {
    this.rowSizes = model.rowSizes(size);
    this.cut = length ? model.sourceOutputs() : [];
  }

  /**
   * Takes each sequence a step further.
   *
   * @param inputs the step's own, [sequences, 1, ...].
   * @param parents for each of them the number of the one, among those before, that it goes on from; null: as they are.
   * @returns the step's outputs by name, [sequences, ...].
   */
  async step(inputs: Arrays, parents: readonly number[] | null): Promise<Record<string, Tensor>> {
    const count = Object.values(inputs)[0]!.shape[0]!;
    const rows = this.rowSizes.find((size) => size >= count) ?? this.rowSizes.at(-1)!;
    const moved = parents?.some((parent, place) => parent !== place) ?? false;
    if (rows >= count && !this.held && rows === this.rows && !moved) return this.run(inputs, count, rows);
    const states = this.states();
    const chosen = parents ? mapped(states, (array) => picked(array, parents)) : states;
    if (rows < count) return this.runBlocks(inputs, chosen, count, rows);
    this.held = null;
    this.rows = rows;
    this.stream.setStates(mapped(chosen, (array) => padded(array, 0, rows)));
    return this.run(inputs, count, rows);
  }

  /** Puts these, [sequences, ...], in the place of the states. */
  setStates(states: Arrays): void {
    this.held = { ...states };
  }

  private states(): Arrays {
    return this.held ?? this.stream.states();
  }

  private async runBlocks(inputs: Arrays, states: Arrays, count: number, rows: number) {
    const outputs: Record<string, Tensor>[] = [];
    const after: Arrays[] = [];
    for (let start = 0; start < count; start += rows) {
      const stop = Math.min(start + rows, count);
      const block = (array: Tensor) => sliced(array, 0, start, stop);
      this.stream.setStates(mapped(states, (array) => padded(block(array), 0, rows)));
      outputs.push(await this.run(mapped(inputs, block), stop - start, rows));
      after.push(this.stream.states());
    }
    const joined = (parts: readonly Arrays[]) =>
      mapped(parts[0]!, (_, name) => concatenated(parts.map((part) => part[name]!), 0));
    this.held = mapped(joined(after), (array) => padded(array, 0, count));
    return joined(outputs);
  }

  private async run(inputs: Arrays, count: number, rows: number): Promise<Record<string, Tensor>> {
    const outputs = await this.model.runStep(this.stream, this.size, rows, mapped(inputs, (one) => padded(one, 0, rows)));
    return mapped(outputs, (array, name) => {
      const cut = this.cut.includes(name) ? sliced(array, 1, 0, this.length) : array;
      return padded(cut, 0, count);
    });
  }
}

/** Names of the step's input and outputs. */
export interface StepNames {
  readonly token: string;
  readonly logits: string;
  readonly attention: string;
}

/** What a search asks of an encoder and decoder. */
export class PairScorer implements BatchScorer {
  constructor(
    private readonly decoding: Decoding,
    private readonly names: StepNames,
  ) {}

  async step(parents: readonly number[], tokens: readonly number[]): Promise<Scored> {
    const token: Tensor = { dtype: "int32", shape: [tokens.length, 1], data: Int32Array.from(tokens) };
    const outputs = await this.decoding.step({ [this.names.token]: token }, parents);
    return { logits: rowsOf(outputs[this.names.logits]!), attention: rowsOf(outputs[this.names.attention]!) };
  }
}

/** Rows of a float32 array: copies. */
function rowsOf({ shape, data }: Tensor): Float32Array[] {
  const size = sizeOf(shape.slice(1));
  return Array.from({ length: shape[0]! }, (_, row) => (data as Float32Array).slice(row * size, (row + 1) * size));
}

function mapped<A, B>(items: Readonly<Record<string, A>>, change: (item: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, change(item, name)]));
}
