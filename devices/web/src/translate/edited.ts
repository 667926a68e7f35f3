import type { Span } from "../text/spans.js";

/** What comes in the place of characters [start, stop). */
export type Change = readonly [start: number, stop: number, content: string];

interface Piece {
  readonly before: Span;
  readonly after: Span;
  readonly changed: boolean;
}

/** A text in which pieces were replaced, and where each of its characters came from. */
export class Edited {
  /** After. */
  readonly text: string;
  private readonly pieces: readonly Piece[];

  /**
   * @param text before.
   * @param changes in order, none overlapping.
   */
  constructor(text: string, changes: readonly Change[]) {
    const pieces: Piece[] = [];
    let made = "";
    let old = 0;
    for (const [start, stop, content] of [...changes, [text.length, text.length, ""] as const]) {
      pieces.push({ before: [old, start], after: [made.length, made.length + start - old], changed: false });
      made += text.slice(old, start);
      pieces.push({ before: [start, stop], after: [made.length, made.length + content.length], changed: true });
      made += content;
      old = stop;
    }
    this.pieces = pieces;
    this.text = made;
  }

  /** Where characters of the text after were before. */
  before(span: Span): Span {
    return moved(span, this.pieces.map((one) => ({ here: one.after, there: one.before, changed: one.changed })));
  }

  /** Where characters of the text before are after. */
  after(span: Span): Span {
    return moved(span, this.pieces.map((one) => ({ here: one.before, there: one.after, changed: one.changed })));
  }
}

/** From where pieces are to where they go; [0, 0] where nothing is left. */
function moved(span: Span, pieces: readonly { here: Span; there: Span; changed: boolean }[]): Span {
  const found: Span[] = [];
  for (const { here, there, changed } of pieces) {
    const low = Math.max(span[0], here[0]);
    const high = Math.min(span[1], here[1]);
    const shift = there[0] - here[0];
    if (low < high) found.push(changed ? there : [low + shift, high + shift]);
  }
  return found.length ? [found[0]![0], found.at(-1)![1]] : [0, 0];
}
