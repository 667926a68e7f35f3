import { checkInputs, type Raw, readRaw, sizeOf } from "./arrays.js";
import { InputError } from "./errors.js";
import type { BaseModel } from "./model.js";
import type { TensorSpec } from "./spec/tensors.js";
import type { Stream } from "./stream.js";
import type { Tensor, TensorLike } from "./tensor.js";

/** In a snapshot, beside the states: the model that they belong to. */
const MODEL_KEY = "model_sha256";

/** The states by name, and the model's hash: plain values, which structured cloning and IndexedDB keep. */
export interface Snapshot {
  readonly [MODEL_KEY]: string;
  readonly states: Readonly<Record<string, Tensor>>;
}

/** What a step takes: for a model of one input an array, else arrays by name. */
export type StepInput = TensorLike | Readonly<Record<string, TensorLike>>;

/**
 * One sequence on its way through a model, made by `Model.session()`.
 *
 * Thousands of sessions may share one model: each holds its own states and nothing else. Calls run one after another.
 */
export class Session {
  private readonly oneStep: number;
  private readonly inputs: readonly StepSpec[];

  /** @internal */
  constructor(
    private readonly model: BaseModel,
    private readonly stream: Stream,
  ) {
    const { execution, inputs } = model.manifest;
    this.oneStep = execution.signatures.findIndex((one) => one.steps === 1);
    this.inputs = inputs.map((one) => new StepSpec(one, execution.sequence_inputs.includes(one.name)));
  }

  /** Shape of each state by name, the batch axis first. */
  get states(): Record<string, readonly number[]> {
    return Object.fromEntries(this.model.manifest.execution.states.map((one) => [one.name, one.shape]));
  }

  /**
   * Computes one time step from the states that the last one left.
   *
   * @param inputs the step's values, shaped as in Keras for a sequence of one step, or without the leading axes of size
   *   1 (a row of values, or a number for an id).
   * @returns the outputs by name, shaped as in Keras for a sequence of one step.
   * @throws InputError a name, shape or dtype does not fit.
   */
  async step(inputs: StepInput): Promise<Record<string, Tensor>> {
    const named = { ...this.named(inputs) };
    for (const spec of this.inputs) {
      const value = named[spec.name];
      if (value !== undefined) named[spec.name] = spec.fit(value);
    }
    const arrays = checkInputs(named, this.inputs.map((one) => one.step));
    return this.model.lock.run(() => this.stream.run(this.oneStep, arrays));
  }

  /**
   * Computes many steps from the states that the last one left.
   *
   * @param inputs arrays as `Model.run` takes them, of any length; for a model of one input the array alone.
   * @throws InputError a name, shape or dtype does not fit.
   */
  async run(inputs: StepInput): Promise<Record<string, Tensor>> {
    const arrays = checkInputs(this.named(inputs), this.inputs.map((one) => one.anyLength));
    return this.model.runStream(this.stream, arrays);
  }

  /** Sets every state to zero: a new sequence begins. */
  reset(): void {
    this.stream.reset();
  }

  /** The states as they are now. */
  snapshot(): Snapshot {
    const states = Object.entries(this.stream.states()).map(([name, one]) => [name, { ...one, data: one.data.slice() }]);
    return { [MODEL_KEY]: this.model.manifest.model.sha256, states: Object.fromEntries(states) };
  }

  /**
   * Takes over the states of a snapshot.
   *
   * @throws InputError it is another model's, or a name, shape or dtype does not fit. The states are then as before.
   */
  restore(snapshot: Snapshot): void {
    const digest = this.model.manifest.model.sha256;
    if ((snapshot[MODEL_KEY] ?? digest) !== digest) {
      throw new InputError("the snapshot is of another model: states are of no use to any but the one that made them");
    }
    this.stream.setStates(checkInputs(snapshot.states, this.model.manifest.execution.states));
  }

  /** A session of its own that goes on from the same states. */
  fork(): Session {
    const other = new Session(this.model, this.model.newStream());
    other.restore(this.snapshot());
    return other;
  }

  private named(inputs: StepInput): Readonly<Record<string, TensorLike>> {
    if (isNamed(inputs)) return inputs;
    const [only] = this.inputs;
    if (!only || this.inputs.length !== 1) {
      const names = this.inputs.map((one) => one.name).sort();
      throw new InputError(`this model has several inputs: give them by name (${names.join(", ")})`);
    }
    return { [only.name]: inputs };
  }
}

function isNamed(inputs: StepInput): inputs is Readonly<Record<string, TensorLike>> {
  if (typeof inputs !== "object" || Array.isArray(inputs) || ArrayBuffer.isView(inputs)) return false;
  return !("dtype" in inputs && "shape" in inputs && "data" in inputs);
}

/** How one input looks for a single step. */
class StepSpec {
  readonly name: string;
  readonly step: TensorSpec;
  /** A stream has no end, also where the model was trained on sequences of one length. */
  readonly anyLength: TensorSpec;
  private readonly full: readonly number[];
  private readonly short: readonly string[];

  constructor(tensor: TensorSpec, isSequence: boolean) {
    const [batch = 1, , ...rest] = tensor.shape;
    this.name = tensor.name;
    this.step = isSequence ? { ...tensor, shape: [batch, 1, ...rest] } : tensor;
    this.anyLength = isSequence ? { ...tensor, shape: [batch, null, ...rest] } : tensor;
    this.full = this.step.shape.map((size) => size ?? 1);
    const [rows = 1] = this.full;
    const without = isSequence ? [[rows, ...this.full.slice(2)]] : [];
    const shorter = [this.full, ...without];
    this.short = (rows === 1 ? [...shorter, ...shorter.map((one) => one.slice(1))] : shorter).map(String);
  }

  /** The value, batch and time axes of size 1 put in where left out. */
  fit(value: TensorLike): TensorLike {
    const raw = readRaw(value);
    if (!raw || !this.short.includes(String(raw.shape)) || raw.data.length !== sizeOf(this.full)) return value;
    return reshaped(raw, this.full);
  }
}

function reshaped(raw: Raw, shape: readonly number[]): TensorLike {
  const data = raw.kind === "float" ? Float32Array.from(raw.data, Number) : BigInt64Array.from(raw.data, BigInt);
  return { dtype: raw.kind === "float" ? "float32" : "int64", shape, data };
}
