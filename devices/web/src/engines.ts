import type { DType, Tensor } from "./tensor.js";

/** One entry point of the TFLite model, with what it takes and gives beside states and memory. */
export interface SignatureShape {
  readonly name: string;
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
}

/** A tensor of a signature; null where the size is free. */
export interface TensorShape {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly (number | null)[];
}

/** How an engine is to run. */
export interface EngineOptions {
  /** Threads that one call may use, 1 or more. */
  readonly threads: number;
}

/** A model that an engine has loaded. */
export interface OpenModel {
  /**
   * Runs a signature once.
   *
   * @param signature its name.
   * @param inputs every input by name, states and memory among them, in the signature's dtypes and shapes.
   * @returns every output by name, states and memory among them: arrays of the caller's own.
   */
  run(signature: string, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Frees the model's memory. */
  close(): void;
}

/** One way to run TFLite models: LiteRT.js in browsers, a native module in an app. */
export interface Engine {
  readonly name: string;
  /**
   * Loads a model from bytes whose hash has been checked.
   *
   * @param model the TFLite FlatBuffer.
   * @param signatures that will be called.
   * @throws RuntimeUnavailable the engine refuses the model.
   */
  open(model: Uint8Array, signatures: readonly SignatureShape[], options: EngineOptions): Promise<OpenModel>;
}
