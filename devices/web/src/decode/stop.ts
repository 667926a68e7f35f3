/** Ends a stream of text before a stop string, also where the string comes in pieces. */
export class StopStrings {
  stopped = false;
  private held = "";

  /** @param strings before the first of which the text ends; none: everything passes. */
  constructor(private readonly strings: readonly string[]) {}

  /** What can be passed on now; nothing more once `stopped`. */
  feed(text: string): string {
    if (!this.strings.length) return text;
    if (this.stopped) return "";
    this.held += text;
    const found = this.strings.map((one) => this.held.indexOf(one)).filter((place) => place >= 0);
    if (found.length) {
      this.stopped = true;
      const passed = this.held.slice(0, Math.min(...found));
      this.held = "";
      return passed;
    }
    const keep = Math.max(...this.strings.map((one) => this.overlap(one)));
    const passed = this.held.slice(0, this.held.length - keep);
    this.held = this.held.slice(this.held.length - keep);
    return passed;
  }

  /** What was held back, when nothing more comes. */
  finish(): string {
    const passed = this.held;
    this.held = "";
    return passed;
  }

  /** Length of the longest end of the held text that begins `text`. */
  private overlap(text: string): number {
    for (let size = Math.min(text.length - 1, this.held.length); size > 0; size--) {
      if (this.held.endsWith(text.slice(0, size))) return size;
    }
    return 0;
  }
}
