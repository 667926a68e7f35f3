/** The engine's WebAssembly: fetched and compiled while the page is still being built, and its memory told. */

import { supportsFeature } from "@litertjs/core";

/** What the engine's script looks for before it starts; see Emscripten's "Module object". */
interface ModuleHooks {
  locateFile: (file: string) => string;
  instantiateWasm?: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => void;
  printErr: (line: string) => void;
}

export class EngineWasm {
  private readonly compiled: Promise<WebAssembly.Module | null>;
  private memory: WebAssembly.Memory | undefined;
  private used = "";

  /** @param folder address of the engine's files, with a slash at its end */
  constructor(private readonly folder: string) {
    hideGraphicsProcessor();
    // Where this fails, the engine tries again by itself, and says why it cannot.
    this.compiled = this.fetched().catch(() => null);
  }

  /** To be awaited before the engine starts: it then takes what has been compiled. */
  async offer(): Promise<void> {
    const module = await this.compiled;
    const hooks: ModuleHooks = {
      // In a worker the script would look beside the worker's own file.
      locateFile: (file) => this.folder + file,
      printErr: (line) => void (line.startsWith("INFO") || console.debug(line)),
    };
    if (module) hooks.instantiateWasm = (imports, done) => void this.start(module, imports).then(done);
    (globalThis as { Module?: ModuleHooks }).Module = hooks;
  }

  /** Bytes of the engine's memory, or null before it has started. */
  bytes(): number | null {
    return this.memory?.buffer.byteLength ?? null;
  }

  /** Addresses of the files that this browser needs. */
  files(): string[] {
    return this.used ? [".js", ".wasm"].map((end) => this.folder + this.used + end) : [];
  }

  private async fetched(): Promise<WebAssembly.Module> {
    this.used = (await supportsFeature("relaxedSimd")) ? "litert_wasm_internal" : "litert_wasm_compat_internal";
    const address = `${this.folder}${this.used}.wasm`;
    try {
      return await WebAssembly.compileStreaming(fetch(address));
    } catch {
      // Hosts that do not know the type application/wasm: all of it first, then compile.
      return WebAssembly.compile(await (await fetch(address)).arrayBuffer());
    }
  }

  private async start(module: WebAssembly.Module, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    const instance = await WebAssembly.instantiate(module, imports);
    this.memory = Object.values(instance.exports).find((one) => one instanceof WebAssembly.Memory);
    return instance;
  }
}

/** Models run on the processor; to look for a graphics processor takes time, and fails loudly where there is none. */
function hideGraphicsProcessor(): void {
  if ("gpu" in navigator) Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
}
