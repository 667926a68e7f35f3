/** Makes the worker. */

/** A classic worker: the engine's loader uses `importScripts`. */
export function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { name: "engine" });
}
