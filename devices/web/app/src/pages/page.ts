/** What a task's page gets, and what it gives. */

import type { CallOptions } from "../engine/client";
import type { BundleFacts, Method, Methods } from "../engine/protocol";

export interface PageContext {
  facts: BundleFacts;
  /** Asks the model; its time is shown, and an error too, in which case the answer is `null`. */
  ask<M extends Method>(method: M, args: Methods[M][0], options?: CallOptions): Promise<Methods[M][1] | null>;
  /** Says something to screen readers when it has come to rest. */
  say(text: string): void;
  /** Shows what the user has to mend; "" takes it away. */
  complain(message: string): void;
}

/** A task's page: made anew for each bundle. */
export type MakePage = (context: PageContext) => HTMLElement;
