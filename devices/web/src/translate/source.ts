import { argmax } from "../decode/select.js";
import type { Span } from "../text/spans.js";
import { mostAttended, tokenWords } from "./alignment.js";

/** A source as the model reads it, and which of its words each token belongs to. */
export class SourceText {
  /**
   * @param text its characters.
   * @param ids its tokens.
   * @param words for each token the characters of the word that it belongs to.
   * @param stoodFor places of the tokens that stand for something.
   */
  constructor(
    readonly text: string,
    readonly ids: readonly number[],
    readonly words: readonly Span[],
    readonly stoodFor: readonly number[],
  ) {}

  /**
   * What comes in the place of an unknown token: what a token stands for, or the word, that got most attention.
   *
   * @param used places of tokens that have come; one more is put into it.
   */
  copied(attention: Float32Array, used: Set<number>): string {
    const left = this.stoodFor.filter((place) => !used.has(place) && place < attention.length);
    if (left.length) {
      const place = left[argmax(left.map((one) => attention[one]!))]!;
      used.add(place);
      return this.text.slice(...this.words[place]!);
    }
    return this.words.length ? this.text.slice(...mostAttended(attention, this.words).word) : "";
  }
}

/** How a source is read. */
export interface Reading {
  readonly encode: (text: string) => number[];
  /** Characters that stand for something: each is read as the unknown token. */
  readonly standIns: string;
  readonly unknown: number;
  /** Tokens that are read at most. */
  readonly longest: number;
  /** Whether to find out which word each token belongs to; otherwise each belongs to all. */
  readonly byWord: boolean;
}

/** Tokenizes a source. */
export function readSource(text: string, { encode, standIns, unknown, longest, byWord }: Reading): SourceText {
  const ids: number[] = [];
  const words: Span[] = [];
  const stoodFor: number[] = [];
  const marks = new Set(standIns);
  let start = 0;
  const read = (end: number) => {
    const piece = text.slice(start, end);
    const part = piece ? encode(piece) : [];
    const spans = byWord ? tokenWords(piece, encode, part) : part.map((): Span => [0, piece.length]);
    ids.push(...part);
    words.push(...spans.map(([low, high]): Span => [low + start, high + start]));
  };
  let place = 0;
  for (const character of text) {
    if (marks.has(character)) {
      read(place);
      stoodFor.push(ids.length);
      ids.push(unknown);
      words.push([place, place + character.length]);
      start = place + character.length;
    }
    place += character.length;
  }
  read(text.length);
  return new SourceText(text, ids.slice(0, longest), words.slice(0, longest), stoodFor.filter((one) => one < longest));
}
