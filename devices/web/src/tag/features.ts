import { int32 } from "../arrays.js";
import type { CharactersSpec, TagSpec, WordsSpec } from "../spec/tasks.js";
import type { Tensor } from "../tensor.js";
import { isAlpha, isDigit } from "../text/python.js";

const PAD = 0;
const UNKNOWN = 1;
const FIRST = 2;

/** From words to what a tagger reads: ids of words, of their characters and of their shapes. */
export class Features {
  private readonly words: ReadonlyMap<string, number>;
  private readonly characters: ReadonlyMap<string, number>;

  /**
   * @param spec what the model reads.
   * @param words the word list.
   * @param characters the character list, or "".
   */
  constructor(
    private readonly spec: TagSpec,
    words: readonly string[],
    characters: string,
  ) {
    this.words = numbered(words);
    this.characters = numbered(Array.from(characters));
  }

  /** Model inputs by name, each with a batch axis of 1. */
  inputs(tokens: readonly string[]): Record<string, Tensor> {
    const { words, characters, shapes } = this.spec;
    const count = tokens.length;
    const found: Record<string, Tensor> = {
      [words.input]: int32([1, count], tokens.map((one) => this.words.get(lookedUp(one, words)) ?? UNKNOWN)),
    };
    if (characters) {
      const ids = tokens.flatMap((one) => characterIds(one, this.characters, characters));
      found[characters.input] = int32([1, count, characters.width], ids);
    }
    if (shapes) found[shapes] = int32([1, count], tokens.map(shapeOf));
    return found;
  }
}

function numbered(items: readonly string[]): Map<string, number> {
  return new Map(items.map((item, number) => [item, number + FIRST]));
}

function lookedUp(token: string, spec: WordsSpec): string {
  const cased = spec.lower ? token.toLowerCase() : token;
  return spec.zero_digits ? cased.replace(/\p{Nd}/gu, "0") : cased;
}

function characterIds(token: string, known: ReadonlyMap<string, number>, { width }: CharactersSpec): number[] {
  let characters = Array.from(token);
  if (characters.length > width) {
    const half = Math.floor(width / 2);
    characters = [...characters.slice(0, width - half), ...characters.slice(-half)];
  }
  const ids = characters.map((one) => known.get(one) ?? UNKNOWN);
  return [...ids, ...Array<number>(width - ids.length).fill(PAD)];
}

/** Lower case, upper case, a capital first, mixed; digits alone, digits among others; marks and symbols: 1 to 8. */
export function shapeOf(token: string): number {
  const characters = Array.from(token);
  if (characters.length && characters.every(isDigit)) return 5;
  const letters = characters.filter(isAlpha);
  if (characters.some(isDigit)) return letters.length ? 6 : 7;
  if (!letters.length) return 8;
  const text = letters.join("");
  if (isLower(text) || !(isUpper(text) || text !== text.toLowerCase())) return 1;
  if (isUpper(text) && letters.length > 1) return 2;
  const capital = isUpper(letters[0]!) && isLower(letters.slice(1).join(""));
  return capital || letters.length === 1 ? 3 : 4;
}

const UPPER = /\p{Uppercase}/u;
const LOWER = /\p{Lowercase}/u;
const TITLE = /\p{Lt}/u;

/** `str.isupper`: something in upper case, and nothing in lower or title case. */
function isUpper(text: string): boolean {
  return UPPER.test(text) && !LOWER.test(text) && !TITLE.test(text);
}

/** `str.islower`. */
function isLower(text: string): boolean {
  return LOWER.test(text) && !UPPER.test(text) && !TITLE.test(text);
}
