/** The model's own thread: takes calls one after another, streams parts, and tells time and memory. */

import { Adapter, type Listener } from "./adapter";
import type { Method, Methods, Reply, Request } from "./protocol";

const adapter = new Adapter();
const stopping = new Map<number, AbortController>();
let queue: Promise<void> = Promise.resolve();

addEventListener("message", (event: MessageEvent<Request>) => {
  const request = event.data;
  if ("cancel" in request) {
    stopping.get(request.cancel)?.abort();
    return;
  }
  stopping.set(request.id, new AbortController());
  queue = queue.then(() => answer(request));
});

async function answer(request: Exclude<Request, { cancel: number }>): Promise<void> {
  const { id } = request;
  const reply = (message: Reply): void => postMessage(message);
  const { signal } = stopping.get(id) as AbortController;
  const listener: Listener = { part: (part) => reply({ id, kind: "part", part }), signal };
  try {
    const started = performance.now();
    const value = await call(request.method, request.args, listener);
    reply({ id, kind: "value", value, ms: performance.now() - started, memory: adapter.memory() });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    reply({ id, kind: "error", message, expected: adapter.isExpected(error) });
  } finally {
    stopping.delete(id);
  }
}

function call<M extends Method>(method: M, args: Methods[M][0], listener: Listener): Promise<Methods[M][1]> {
  const handler = adapter[method] as unknown as (args: Methods[M][0], listener: Listener) => Promise<Methods[M][1]>;
  return handler.call(adapter, args, listener);
}
