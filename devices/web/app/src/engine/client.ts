/** The page's end of the worker: one call at a time reaches the model, and typing never waits for it. */

import type { Method, Methods, Reply } from "./protocol";

/** An answer, the milliseconds that the model took, and the engine's memory in bytes where it can be told. */
export interface Answer<T> {
  value: T;
  ms: number;
  memory: number | null;
}

/** What the user can mend: a damaged bundle, a setting out of range. Other errors are defects. */
export class ModelError extends Error {}

export interface CallOptions {
  /** Called with each part of a streamed answer. */
  onPart?: (part: string) => void;
  /** Ends a streamed answer early; what has come by then is the answer. */
  signal?: AbortSignal;
  transfer?: Transferable[];
}

interface Waiting {
  resolve: (answer: Answer<never>) => void;
  reject: (error: Error) => void;
  onPart: ((part: string) => void) | undefined;
}

export class Engine {
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  constructor(private readonly worker: Worker) {
    worker.addEventListener("message", (event: MessageEvent<Reply>) => this.receive(event.data));
    worker.addEventListener("error", (event) => this.failAll(new Error(event.message || "the worker could not start")));
  }

  /** Calls a method of the model in the worker. */
  call<M extends Method>(method: M, args: Methods[M][0], options: CallOptions = {}): Promise<Answer<Methods[M][1]>> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting["resolve"], reject, onPart: options.onPart });
      options.signal?.addEventListener("abort", () => this.worker.postMessage({ cancel: id }), { once: true });
      this.worker.postMessage({ id, method, args }, options.transfer ?? []);
    });
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "part") {
      waiting.onPart?.(reply.part);
      return;
    }
    this.waiting.delete(reply.id);
    if (reply.kind === "error") {
      waiting.reject(reply.expected ? new ModelError(reply.message) : new Error(reply.message));
    } else {
      waiting.resolve({ value: reply.value as never, ms: reply.ms, memory: reply.memory });
    }
  }

  private failAll(error: Error): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of all) one.reject(error);
  }
}

/**
 * Runs `work` for the newest input alone: while one is under way, only the latest of those that came is kept.
 *
 * Returns a function to be called at each change.
 */
export function latest<T>(work: (input: T) => Promise<void>): (input: T) => void {
  let running = false;
  let pending: { input: T } | null = null;
  return (input) => {
    pending = { input };
    if (running) return;
    running = true;
    void (async () => {
      while (pending) {
        const { input: newest } = pending;
        pending = null;
        await work(newest);
      }
      running = false;
    })();
  };
}
