/** Tells screen readers what changed, once it has come to rest. */

import { h } from "./dom";

export class Announcer {
  readonly element = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  private timer = 0;

  /** Says a sentence after a pause; a newer one takes its place. */
  say(text: string, afterMs = 700): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => (this.element.textContent = text), afterMs);
  }
}
