import type { Engine, EngineOptions, OpenModel, SignatureShape } from "../engines.js";
import { RuntimeUnavailable } from "../errors.js";
import type { DType, Tensor, TensorData } from "../tensor.js";

/** A model that a native module has loaded. */
export interface NativeModel {
  /**
   * Runs a signature with flat arrays in the order of `inputs`; the answer is in the order of `outputs`.
   *
   * @param signature its name.
   */
  run(signature: string, inputs: readonly NativeTensor[], outputs: readonly NativeOutput[]): Promise<readonly ArrayBuffer[]>;
  close(): void;
}

/** A tensor as it crosses the bridge to native code. */
export interface NativeTensor extends NativeOutput {
  readonly data: ArrayBuffer;
}

/** A tensor's name and form. */
export interface NativeOutput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * What an application's native side gives: a Capacitor plugin or a React Native module over the LiteRT C API.
 *
 * `react-native-fast-tflite` 1.x loads a model and runs its first signature by the order of its tensors alone; a bundle
 * of one signature runs on it through an adapter of this interface that ignores the name. Bundles of several signatures
 * (chunks, encoder and step) need a module that calls signatures by name.
 */
export interface NativeModule {
  readonly name: string;
  open(model: ArrayBuffer, threads: number): Promise<NativeModel>;
}

/** An engine over an application's native module. */
export function nativeEngine(module: NativeModule): Engine {
  return {
    name: module.name,
    async open(model: Uint8Array, signatures: readonly SignatureShape[], { threads }: EngineOptions) {
      const copy = model.slice().buffer;
      try {
        return new Bridged(await module.open(copy, threads), signatures);
      } catch (error) {
        throw new RuntimeUnavailable(`${module.name} cannot load this model: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}

class Bridged implements OpenModel {
  private readonly shapes: ReadonlyMap<string, SignatureShape>;

  constructor(
    private readonly native: NativeModel,
    signatures: readonly SignatureShape[],
  ) {
    this.shapes = new Map(signatures.map((one) => [one.name, one]));
  }

  async run(signature: string, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const spec = this.shapes.get(signature)!;
    const given = spec.inputs.map(({ name, dtype }): NativeTensor => {
      const { shape, data } = inputs[name]!;
      return { name, dtype, shape, data: data.slice().buffer as ArrayBuffer };
    });
    const wanted = spec.outputs.map(({ name, dtype, shape }): NativeOutput => {
      return { name, dtype, shape: shape.map((size) => size ?? 1) };
    });
    const found = await this.native.run(signature, given, wanted);
    if (found.length !== wanted.length) {
      throw new RuntimeUnavailable(`the native module gave ${found.length} outputs, expected ${wanted.length}`);
    }
    return Object.fromEntries(
      wanted.map(({ name, dtype, shape }, at) => [name, { dtype, shape, data: viewOf(dtype, found[at]!) }]),
    );
  }

  close(): void {
    this.native.close();
  }
}

function viewOf(dtype: DType, data: ArrayBuffer): TensorData {
  const kinds = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };
  return new kinds[dtype](data);
}
