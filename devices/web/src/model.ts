import { checkInputs, concatenated, padded, sliced } from "./arrays.js";
import type { Bundle } from "./bundle/reader.js";
import type { Engine, EngineOptions, OpenModel } from "./engines.js";
import { BundleError, InputError } from "./errors.js";
import { Lock } from "./lock.js";
import { chunkPlan, wholePlan } from "./plan.js";
import { Session } from "./session.js";
import type { Manifest } from "./spec/manifest.js";
import type { TaskName } from "./spec/tasks.js";
import type { ExecutionSpec } from "./spec/tensors.js";
import { Stream } from "./stream.js";
import type { Tensor, TensorLike } from "./tensor.js";

type Arrays = Readonly<Record<string, Tensor>>;
type Given = Readonly<Record<string, TensorLike>>;

/** A bundle and the engine's model of it. */
export interface Opened {
  readonly bundle: Bundle;
  readonly model: OpenModel;
  /** The engine's name. */
  readonly engine: string;
}

/** Lets an engine load a bundle's model. */
export async function openBundle(bundle: Bundle, engine: Engine, options: EngineOptions): Promise<Opened> {
  if (!Number.isInteger(options.threads) || options.threads < 1) {
    throw new InputError(`threads must be 1 or more, not ${options.threads}`);
  }
  const { signatures, states, memory, first_states: first } = bundle.manifest.execution;
  const shapes = signatures.map((one) => {
    const rows = (shape: readonly number[]) => [one.rows, ...shape.slice(1)];
    const sized = states.map((state) => ({ ...state, shape: rows(state.shape) }));
    const kept = memory.map((tensor) => ({ ...tensor, shape: tensor.shape.map((size) => size ?? one.steps) }));
    if (one.part === "encode") {
      const given = sized.filter((state) => first.includes(state.name));
      return { name: one.name, inputs: one.inputs, outputs: [...one.outputs, ...kept, ...given] };
    }
    return {
      name: one.name,
      inputs: [...one.inputs, ...(one.part === "step" ? kept : []), ...sized],
      outputs: [...one.outputs, ...sized],
    };
  });
  return { bundle, engine: engine.name, model: await engine.open(bundle.model, shapes, options) };
}

/** What all bundles have in common. Calls may be made at any time: the engine computes them one after another. */
export class BaseModel {
  /** The bundle's task. */
  readonly kind: TaskName = "model";
  /** Held while the engine computes. */
  readonly lock = new Lock();
  protected readonly execution: ExecutionSpec;
  protected readonly sizes: readonly number[];
  protected readonly stream: Stream;

  constructor(
    protected readonly opened: Opened,
    modes: readonly string[] = ["chunked", "whole", "dynamic"],
  ) {
    const { manifest, name } = opened.bundle;
    this.execution = manifest.execution;
    if (!modes.includes(this.execution.mode)) {
      throw new BundleError(`${name}: a model for '${manifest.task.name}' cannot be of the mode ${this.execution.mode}`);
    }
    this.sizes = this.execution.signatures.map((one) => one.steps);
    this.stream = this.newStream();
  }

  /** What the bundle says of itself. */
  get manifest(): Manifest {
    return this.opened.bundle.manifest;
  }

  /** The file's content. */
  get bundle(): Bundle {
    return this.opened.bundle;
  }

  /** Name of the engine that runs it. */
  get engine(): string {
    return this.opened.engine;
  }

  /** Frees the engine's memory; the model is of no use afterwards. */
  close(): void {
    this.opened.model.close();
  }

  /**
   * Computes the model for one example.
   *
   * @param inputs by the Keras input names, shaped as in Keras with a batch axis of 1; any length where Keras had None.
   * @param states to start from, all of them; zeros by default.
   * @returns the outputs by name, in Keras's order.
   * @throws InputError a name, shape, dtype or length does not fit; all faults are named.
   */
  async run(inputs: Given, states: Given | null = null): Promise<Record<string, Tensor>> {
    const arrays = checkInputs(inputs, this.manifest.inputs);
    const start = states === null ? null : checkInputs(states, this.execution.states);
    return this.lock.run(async () => {
      if (start) this.stream.setStates(start);
      else this.stream.reset();
      return this.runChecked(this.stream, arrays);
    });
  }

  /** @internal A stream with states of its own. */
  newStream(): Stream {
    return new Stream(this.opened.model, this.execution);
  }

  /** @internal Runs checked arrays through a stream, from its states. */
  runStream(stream: Stream, arrays: Arrays): Promise<Record<string, Tensor>> {
    return this.lock.run(() => this.runChecked(stream, arrays));
  }

  private async runChecked(stream: Stream, arrays: Arrays): Promise<Record<string, Tensor>> {
    if (this.sizes[0] === 0) return this.inOrder(await this.runOnce(stream, arrays));
    const length = this.lengthOf(arrays);
    const outputs =
      this.execution.mode === "whole"
        ? await this.runWhole(stream, arrays, length)
        : await this.runChunked(stream, arrays, length);
    return this.inOrder(outputs);
  }

  private inOrder(outputs: Arrays): Record<string, Tensor> {
    return Object.fromEntries(this.manifest.outputs.map(({ name }) => [name, outputs[name]!]));
  }

  private lengthOf(arrays: Arrays): number {
    const lengths = this.execution.sequence_inputs.map((name) => [name, arrays[name]!.shape[1]!] as const);
    const [first] = lengths;
    if (!first) return 0;
    if (lengths.some(([, length]) => length !== first[1])) {
      const found = lengths.map(([name, length]) => `'${name}': ${length}`).join(", ");
      throw new InputError(`sequence inputs differ in length: {${found}}`);
    }
    this.refuseEmpty(first[0], first[1]);
    return first[1];
  }

  private refuseEmpty(name: string, length: number): void {
    if (length < 1) throw new InputError(`sequence input '${name}' is empty: at least one step is needed`);
  }

  private runOnce(stream: Stream, arrays: Arrays): Promise<Record<string, Tensor>> {
    for (const name of this.execution.sequence_inputs) this.refuseEmpty(name, arrays[name]!.shape[1]!);
    return stream.run(0, arrays);
  }

  private async runChunked(stream: Stream, arrays: Arrays, length: number): Promise<Record<string, Tensor>> {
    const sequences = this.execution.sequence_outputs;
    const parts: Record<string, Tensor[]> = Object.fromEntries(sequences.map((name) => [name, []]));
    let outputs: Record<string, Tensor> = {};
    for (const piece of chunkPlan(length, this.sizes)) {
      outputs = await stream.run(piece.signature, this.cut(arrays, piece.start, piece.stop));
      for (const name of sequences) parts[name]!.push(outputs[name]!);
    }
    const joined = Object.entries(parts).map(([name, found]) => [name, concatenated(found, 1)] as const);
    return { ...outputs, ...Object.fromEntries(joined) };
  }

  private async runWhole(stream: Stream, arrays: Arrays, length: number): Promise<Record<string, Tensor>> {
    const { signature } = wholePlan(length, this.sizes);
    const inputs = Object.entries(arrays).map(([name, array]) => [name, this.pad(name, array, this.sizes[signature]!)]);
    const outputs = await stream.run(signature, Object.fromEntries(inputs));
    for (const name of this.execution.sequence_outputs) outputs[name] = sliced(outputs[name]!, 1, 0, length);
    return outputs;
  }

  private cut(arrays: Arrays, start: number, stop: number): Record<string, Tensor> {
    const sequences = this.execution.sequence_inputs;
    return Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => {
        const whole = !sequences.includes(name) || array.shape[1] === stop - start;
        return [name, whole ? array : sliced(array, 1, start, stop)];
      }),
    );
  }

  protected pad(name: string, array: Tensor, steps: number): Tensor {
    const short = this.execution.sequence_inputs.includes(name) && array.shape[1]! < steps;
    return short ? padded(array, 1, steps) : array;
  }
}

/** Any bundle that computes sequences; tasks derive from it. */
export class Model extends BaseModel {
  /**
   * A stream of its own: single steps or pieces of any length, with the states carried on.
   *
   * @throws InputError the model needs the whole sequence at once.
   */
  session(): Session {
    if (this.execution.mode !== "chunked") {
      throw new InputError(
        "this bundle computes whole sequences only, and has no sessions: a model that looks ahead " +
          "(Bidirectional, go_backwards) cannot be fed step by step; convert others with --lowering chunked",
      );
    }
    return new Session(this, this.newStream());
  }
}
