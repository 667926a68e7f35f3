import { type CompiledModel, loadAndCompile, loadLiteRt, supportsFeature, Tensor as NativeTensor } from "@litertjs/core";

import type { Engine, EngineOptions, OpenModel, SignatureShape } from "../engines.js";
import { RuntimeUnavailable } from "../errors.js";
import type { Tensor } from "../tensor.js";
import { locateFilesIn, runScriptInModuleWorkers } from "./worker-scripts.js";

/** How LiteRT.js is found. */
export interface LitertOptions {
  /** Address of the folder `wasm` of @litertjs/core, which your site serves; default "/litert/". */
  readonly wasm?: string;
}

let loading: Promise<unknown> | undefined;
let withThreads = false;

/**
 * LiteRT.js: WebAssembly with XNNPACK, in a page or a worker. It is loaded when the first model is opened.
 *
 * More than one thread needs a page that is cross-origin isolated (COOP and COEP headers).
 */
export function litert(options: LitertOptions = {}): Engine {
  const wasm = options.wasm ?? "/litert/";
  return {
    name: "litert-web",
    async open(model: Uint8Array, signatures: readonly SignatureShape[], { threads }: EngineOptions) {
      refuseTypes(signatures);
      await ready(wasm, threads);
      return new LitertModel(await compiled(model, threads), signatures);
    },
  };
}

function refuseTypes(signatures: readonly SignatureShape[]): void {
  for (const one of signatures) {
    for (const tensor of [...one.inputs, ...one.outputs]) {
      if (tensor.dtype !== "float32" && tensor.dtype !== "int32") {
        throw new RuntimeUnavailable(
          `LiteRT.js takes and gives float32 and int32 only, and '${tensor.name}' is ${tensor.dtype}: change the model's inputs`,
        );
      }
      if (tensor.shape.includes(null)) {
        throw new RuntimeUnavailable(
          `LiteRT.js takes inputs of fixed shape only, and '${tensor.name}' is free: convert again with --lowering chunked`,
        );
      }
    }
  }
}

async function ready(wasm: string, threads: number): Promise<void> {
  loading ??= (async () => {
    withThreads = threads > 1 && globalThis.crossOriginIsolated === true && (await supportsFeature("threads"));
    const folder = wasm.endsWith("/") || wasm.endsWith(".js") ? wasm : `${wasm}/`;
    const restore = [runScriptInModuleWorkers(), locateFilesIn(folder)];
    try {
      await loadLiteRt(folder, { threads: withThreads });
    } finally {
      for (const one of restore) one();
    }
  })();
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw new RuntimeUnavailable(
      `LiteRT.js cannot be loaded from ${wasm}: ${said(error)}: serve the folder wasm of @litertjs/core there`,
    );
  }
}

async function compiled(model: Uint8Array, threads: number): Promise<CompiledModel> {
  try {
    const cpuOptions = { numThreads: withThreads ? threads : 1 };
    return await loadAndCompile(model, { accelerator: "wasm", cpuOptions });
  } catch (error) {
    throw new RuntimeUnavailable(`LiteRT.js cannot load this model: ${said(error)}`);
  }
}

class LitertModel implements OpenModel {
  private readonly shapes: ReadonlyMap<string, SignatureShape>;

  constructor(
    private readonly native: CompiledModel,
    signatures: readonly SignatureShape[],
  ) {
    const missing = signatures.filter((one) => !(one.name in native.signatures));
    if (missing.length) {
      throw new RuntimeUnavailable(
        `the model's signatures are not those that its manifest names: there is no ${missing.map((one) => one.name).join(", ")}`,
      );
    }
    this.shapes = new Map(signatures.map((one) => [one.name, one]));
  }

  async run(signature: string, inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
    const given: Record<string, NativeTensor> = {};
    let outputs: Record<string, NativeTensor> = {};
    try {
      for (const [name, { data, shape }] of Object.entries(inputs)) {
        given[name] = new NativeTensor(data as Float32Array | Int32Array, [...shape]);
      }
      outputs = await this.native.signatures[signature]!.run(given);
      const found: Record<string, Tensor> = {};
      for (const { name, dtype, shape } of this.shapes.get(signature)!.outputs) {
        const data = outputs[name]?.toTypedArray();
        if (data) found[name] = { dtype, shape: shape as number[], data };
      }
      return found;
    } finally {
      for (const one of [...Object.values(given), ...Object.values(outputs)]) one.delete();
    }
  }

  close(): void {
    this.native.delete();
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
