import { BundleError } from "../errors.js";
import type { Level } from "../spec/tasks.js";
import { fromByteCharacters } from "./bytelevel.js";
import { vocabularyOf } from "./tokenizer.js";

/** What each token of a vocabulary is in a text. */
export class Pieces {
  /** Of each token, by id; for byte-level tokens the text of their whole characters, others shown as U+FFFD. */
  readonly texts: readonly string[];
  private readonly bytes: readonly Uint8Array[] | null;

  /**
   * @param tokenizer content of a tokenizer.json with a vocabulary (WordLevel or byte-level BPE).
   * @param level what a token is.
   * @param end the token that ends a text, which is no text itself; a line's end where tokens stand between blanks.
   * @param unknown the token for what the vocabulary does not hold.
   * @throws BundleError there is no vocabulary, or it has gaps.
   */
  constructor(
    tokenizer: string,
    private readonly level: Level,
    end: number,
    unknown: number,
  ) {
    const words = vocabularyOf(tokenizer);
    if (!(end >= 0 && end < words.length && unknown >= 0 && unknown < words.length)) {
      throw new BundleError("the tokenizer's vocabulary does not hold the end or the unknown token");
    }
    const special = [end, unknown];
    this.bytes =
      level === "bpe"
        ? words.map((word, id) => (special.includes(id) ? new Uint8Array() : fromByteCharacters(word)))
        : null;
    const texts = this.bytes ? this.bytes.map((data) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(data)) : words;
    texts[unknown] = level === "bpe" ? "" : "\ufffd";
    texts[end] = level === "blank" ? "\n" : "";
    this.texts = texts;
  }

  /** Number of tokens. */
  get length(): number {
    return this.texts.length;
  }

  /** Whether tokens are put together with blanks. */
  get isBlankLevel(): boolean {
    return this.level === "blank";
  }

  /** The bytes of a byte-level token; null where tokens are text. */
  dataOf(token: number): Uint8Array | null {
    return this.bytes?.[token] ?? null;
  }

  /** Puts tokens together that follow the text `after`. */
  decoder(after = ""): PieceDecoder {
    return new PieceDecoder(this, after);
  }
}

/** Text as it comes: a character whose bytes are in several tokens is passed on when it is whole. */
export class PieceDecoder {
  private readonly utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  private glued: boolean;

  constructor(
    private readonly pieces: Pieces,
    after: string,
  ) {
    this.glued = !after || after.endsWith(" ") || after.endsWith("\n");
  }

  /** The text that this token adds. */
  feed(token: number): string {
    const data = this.pieces.dataOf(token);
    if (data) return this.utf8.decode(data, { stream: true });
    const text = this.pieces.texts[token]!;
    if (!this.pieces.isBlankLevel) return text;
    const added = this.glued || text === "\n" ? text : ` ${text}`;
    this.glued = text === "\n";
    return added;
  }

  /** What is left: bytes of a character that never became whole, as U+FFFD. */
  finish(): string {
    return this.utf8.decode();
  }
}
