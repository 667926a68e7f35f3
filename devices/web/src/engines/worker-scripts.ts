/**
 * LiteRT.js loads its glue code by `importScripts`, which throws in a worker that is a module. There the script is
 * fetched and run as one; elsewhere nothing is changed.
 *
 * @returns puts everything back.
 */
export function runScriptInModuleWorkers(): () => void {
  const scope = globalThis as { importScripts?: (...addresses: string[]) => void };
  const original = scope.importScripts;
  if (typeof original !== "function") return () => undefined;
  scope.importScripts = (...addresses) => {
    try {
      original.apply(globalThis, addresses);
    } catch (error) {
      // What a module gets; an address that cannot be had is a DOMException.
      if (!(error instanceof TypeError)) throw error;
      addresses.forEach(runScript);
    }
  };
  return () => {
    scope.importScripts = original;
  };
}

/** Synchronous, as `importScripts` is: workers may. */
function runScript(address: string): void {
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.send();
  if (request.status !== 200) throw new Error(`${address}: ${request.status} ${request.statusText}`);
  // The script is LiteRT.js's own, from where the application serves it. Indirect: at the top, so that its names are global.
  (0, eval)(`${request.responseText}\n;globalThis.ModuleFactory = ModuleFactory;\n//# sourceURL=${address}`);
}

/**
 * LiteRT.js looks for its WASM beside the page's or the worker's own script; this tells it where it is.
 *
 * @param folder its address, or that of a script in it.
 * @returns puts everything back.
 */
export function locateFilesIn(folder: string): () => void {
  const scope = globalThis as { Module?: unknown };
  const original = scope.Module;
  const base = folder.slice(0, folder.lastIndexOf("/") + 1);
  // What the application has put there, such as WebAssembly that it has compiled already, stays.
  scope.Module = { ...(original as object | undefined), locateFile: (file: string) => base + file };
  return () => {
    scope.Module = original;
  };
}
