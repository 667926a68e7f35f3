import { isAlnum, isAlpha, isDigit, isSpace } from "../text/python.js";

/** Characters [start, end) of a text, in UTF-16 units. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Between two word characters these join; a comma or a colon only between digits ("1,000", "20:30"). */
const JOINERS = new Set("-._'\u2019&/@+\u2010\u2011\u00b7");
const DIGIT_JOINERS = new Set(",:");
const ENDS = new Set(".!?\u2026\u3002\uff01\uff1f\u061f\u0964");
const CLOSING = new Set("\"')]}\u2019\u201d\u00bb");
const REPEATED = new Set(".-*=_~\u2026!?");
const JOINER = "\u200d";
const KEYCAP = "\u20e3";
const MARK = /^\p{M}$/u;
const BLANK = /^[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\ufeff]$/u;
/** Ideographs and kana: each is a word. */
const ALONE: readonly (readonly [number, number])[] = [
  [0x3040, 0x30ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
];

/** A text as characters (code points), with their places in UTF-16 units. */
interface Characters {
  readonly all: readonly string[];
  readonly places: readonly number[];
}

/**
 * The words, numbers, marks and symbols of a text. Combining characters stay with what they change, and emoji are whole.
 *
 * @param text any characters.
 * @param clitics endings that are cut off as words of their own ("'s").
 * @param isKnown whether a word with the period behind it is an abbreviation.
 */
export function wordsOf(
  text: string,
  clitics: readonly string[] = [],
  isKnown: (word: string) => boolean = () => false,
): Word[] {
  const characters = charactersOf(text);
  const found: Word[] = [];
  const push = (start: number, end: number) => found.push({ text: text.slice(start, end), start, end });
  for (const [from, to] of cuts(characters.all)) {
    let start = characters.places[from]!;
    const end = characters.places[to]!;
    const last = found.at(-1);
    if (clitics.length && isAlpha(characters.all[from]!)) {
      const cut = cliticIn(text.slice(start, end), clitics);
      if (cut) {
        push(start, start + cut);
        start += cut;
      }
    } else if (text.slice(start, end) === "." && last?.end === start && isKnown(`${last.text}.`)) {
      start = found.pop()!.start;
    }
    push(start, end);
  }
  return found;
}

/** The words by sentence: one ends at its mark, if white space follows, and at an empty line. */
export function sentencesOf(text: string, words: readonly Word[]): Word[][] {
  const sentences: Word[][] = [[]];
  let ended = false;
  for (const [number, word] of words.entries()) {
    const before = number ? text.slice(words[number - 1]!.end, word.start) : "";
    const emptyLine = before.split("\n").length > 2;
    if (sentences.at(-1)!.length && (emptyLine || (ended && before && !CLOSING.has(word.text)))) sentences.push([]);
    sentences.at(-1)!.push(word);
    ended = ENDS.has(word.text) || (ended && CLOSING.has(word.text));
  }
  return sentences.filter((sentence) => sentence.length);
}

function charactersOf(text: string): Characters {
  const all = Array.from(text);
  const places = [0];
  for (const one of all) places.push(places.at(-1)! + one.length);
  return { all, places };
}

/** Where the clitic at a word's end begins; 0: there is none. */
function cliticIn(word: string, clitics: readonly string[]): number {
  const plain = word.toLowerCase().replaceAll("\u2019", "'");
  if (plain.length !== word.length) return 0;
  const found = clitics.find((one) => plain.endsWith(one) && plain.length > one.length);
  return found ? plain.length - found.length : 0;
}

function* cuts(text: readonly string[]): Generator<[number, number]> {
  let place = 0;
  while (place < text.length) {
    if (isBlank(text[place]!)) {
      place++;
      continue;
    }
    const start = place;
    place = isWord(text[place]!) ? endOfWord(text, place) : endOfSymbol(text, place);
    yield [start, place];
  }
}

function endOfWord(text: readonly string[], start: number): number {
  const alone = standsAlone(text[start]!);
  let place = start + 1;
  while (place < text.length) {
    const here = text[place]!;
    if (isMark(here)) place++;
    else if (alone) break;
    else if (isWord(here)) {
      if (standsAlone(here)) break;
      place++;
    } else if (place + 1 < text.length && joins(text[place - 1]!, here, text[place + 1]!)) place++;
    else break;
  }
  return place;
}

function joins(before: string, here: string, after: string): boolean {
  if (JOINERS.has(here)) return isWord(after) && !standsAlone(after);
  return DIGIT_JOINERS.has(here) && isDigit(before) && isDigit(after);
}

/** Behind a mark or symbol with what belongs to it: an emoji's colour, its other parts, a flag's second letter. */
function endOfSymbol(text: readonly string[], start: number): number {
  const first = text[start]!;
  let place = start + 1;
  if (isFlagLetter(first) && place < text.length && isFlagLetter(text[place]!)) place++;
  while (place < text.length) {
    const here = text[place]!;
    if (here === JOINER && place + 1 < text.length && !isBlank(text[place + 1]!)) place += 2;
    else if (here === JOINER || here === KEYCAP || isMark(here) || within(here, 0x1f3fb, 0x1f3ff)) place++;
    // A row of the same mark is one: an ellipsis, a rule.
    else if (here === first && REPEATED.has(first)) place++;
    else break;
  }
  return place;
}

const isBlank = (character: string): boolean => isSpace(character) || BLANK.test(character);
const isMark = (character: string): boolean => MARK.test(character);
const isWord = (character: string): boolean => isAlnum(character) || isMark(character);
const isFlagLetter = (character: string): boolean => within(character, 0x1f1e6, 0x1f1ff);
const standsAlone = (character: string): boolean => ALONE.some(([low, high]) => within(character, low, high));

function within(character: string, low: number, high: number): boolean {
  const code = character.codePointAt(0)!;
  return code >= low && code <= high;
}
