import { zeroStates } from "./arrays.js";
import type { OpenModel } from "./engines.js";
import { RuntimeUnavailable } from "./errors.js";
import type { ExecutionSpec, SignatureSpec } from "./spec/tensors.js";
import type { Tensor } from "./tensor.js";

type Arrays = Readonly<Record<string, Tensor>>;

/** One sequence on its way through a model: it owns its states, and of an encoder and decoder its memory. */
export class Stream {
  private held: Record<string, Tensor>;
  private memory: Record<string, Tensor> = {};

  constructor(
    private readonly opened: OpenModel,
    private readonly execution: ExecutionSpec,
  ) {
    this.held = zeroStates(execution.states);
  }

  /**
   * Runs a signature once, from the states that the last call left.
   *
   * @param signature index into the execution's signatures.
   * @param inputs every input but states and memory.
   * @returns the outputs without states and memory, in the signature's order.
   * @throws RuntimeUnavailable the engine failed; the states are then those of before the call.
   */
  async run(signature: number, inputs: Arrays): Promise<Record<string, Tensor>> {
    const spec = this.execution.signatures[signature]!;
    const given = spec.part === "encode" ? inputs : { ...inputs, ...this.memory, ...this.held };
    const outputs = await this.called(spec, given);
    if (spec.part === "encode") this.begin(outputs);
    else this.held = this.chosen(this.execution.states, outputs);
    return this.chosen(spec.outputs, outputs);
  }

  /** The states as they are now, by name: not to be written to. */
  states(): Record<string, Tensor> {
    return { ...this.held };
  }

  /** Every state is zero for the next call. */
  reset(): void {
    this.held = zeroStates(this.execution.states);
  }

  /** Takes these states over. */
  setStates(states: Arrays): void {
    this.held = { ...states };
  }

  private begin(outputs: Arrays): void {
    this.memory = this.chosen(this.execution.memory, outputs);
    const first = this.execution.states.filter((one) => this.execution.first_states.includes(one.name));
    this.held = { ...zeroStates(this.execution.states), ...this.chosen(first, outputs) };
  }

  private async called(spec: SignatureSpec, inputs: Arrays): Promise<Arrays> {
    try {
      return await this.opened.run(spec.name, inputs);
    } catch (error) {
      if (error instanceof RuntimeUnavailable) throw error;
      throw new RuntimeUnavailable(`the engine failed on this input: ${error instanceof Error ? error.message : error}`);
    }
  }

  private chosen(specs: readonly { readonly name: string }[], outputs: Arrays): Record<string, Tensor> {
    return Object.fromEntries(
      specs.map(({ name }) => {
        const found = outputs[name];
        if (!found) throw new RuntimeUnavailable(`the engine gave no output '${name}'`);
        return [name, found];
      }),
    );
  }
}
