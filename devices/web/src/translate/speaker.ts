import type { TranslateSpec } from "../spec/tasks.js";
import type { PieceDecoder, Pieces } from "../text/pieces.js";
import { lstrip } from "../text/python.js";
import type { Span } from "../text/spans.js";
import type { SourceText } from "./source.js";

/** Tokens of the target as text, token by token. */
export class Speaker {
  /** Characters that each token has written. */
  readonly spans: Span[] = [];
  private readonly decoder: PieceDecoder;
  private readonly used = new Set<number>();
  private length = 0;

  constructor(
    pieces: Pieces,
    private readonly task: TranslateSpec,
    private readonly source: SourceText,
  ) {
    this.decoder = pieces.decoder();
  }

  /** The text that a token adds. */
  feed(token: number, attention: Float32Array | null): string {
    const decoded = this.decoder.feed(token);
    const said = token === this.task.unknown ? this.copied(attention) : decoded;
    const text = this.length ? said : lstrip(said);
    this.spans.push([this.length, this.length + text.length]);
    this.length += text.length;
    return text;
  }

  /** What is left at the end. */
  finish(): string {
    return this.decoder.finish();
  }

  private copied(attention: Float32Array | null): string {
    const text = attention ? this.source.copied(attention, this.used) : "";
    // Where tokens are words, the blank before one is part of it.
    return this.length && (this.task.level === "blank" || this.task.level === "word") ? ` ${text}` : text;
  }
}
