/** What the page has measured. */

import type { Method } from "../engine/protocol";
import { median } from "../ui/format";

/** Calls that are an answer to the user. */
const MOST = 500;

export class Stats {
  private times: number[] = [];
  memory: number | null = null;
  last: number | null = null;
  /** Milliseconds from opening the page to the first answer, without those that the user took to type; none before it. */
  first: number | null = null;
  private ready: number | null = null;

  add(method: Method, ms: number, memory: number | null): void {
    this.memory = memory ?? this.memory;
    if (method === "open") this.ready ??= performance.now();
    if (method === "open" || method === "selftest") return;
    this.first ??= (this.ready ?? 0) + ms;
    this.last = ms;
    this.times = [...this.times, ms].slice(-MOST);
  }

  /** Another model: its times begin anew. */
  restart(): void {
    this.times = [];
    this.last = null;
  }

  get count(): number {
    return this.times.length;
  }

  get median(): number | null {
    return this.times.length ? median(this.times) : null;
  }
}
