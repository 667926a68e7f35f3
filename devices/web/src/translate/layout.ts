import { lstrip, SPACE_CLASS, SPACE_RANGE } from "../text/python.js";

/** A piece of a text: to be translated, or layout. */
export interface Part {
  readonly text: string;
  readonly isSentence: boolean;
}

// Line breaks of every kind, tabs, and two blanks or more; blanks around them belong to them.
const BLOCKS = "br|p|div|li|ul|ol|h[1-6]|hr|table|tr|td|th|pre|section|article|header|footer|blockquote";
const S = SPACE_CLASS;
// Blanks that are no line feed: Python's `[^\S\r\n]`.
const SAME_LINE = `(?![\\r\\n])${S}`;
const LAYOUT = new RegExp(
  `${S}*</?(?:${BLOCKS})(?:[${SPACE_RANGE}/][^<>]{0,300})?>${S}*` +
    `|(?:${SAME_LINE})*[\\r\\n\\t\\v\\f\\x1c-\\x1f\\x85\\u2028\\u2029]${S}*|${S}{2,}|^${S}+|${S}+$`,
  "giu",
);
const BULLET = new RegExp(`^(?:[-*+\\u2022\\u2013\\u2014>#]+|\\(?\\p{Nd}{1,3}[.)]|[A-Za-z][.)])${S}+`, "u");
const CLOSING = "\"'\\u2019\\u201d\\u00bb)\\]}";
const END = new RegExp(
  `(?:(?<![.!?\\u2026])[.!?\\u2026]+[${CLOSING}]*(?=${S}+[^a-z${SPACE_RANGE}])` +
    `|[\\u3002\\uff01\\uff1f]+[\\u300d\\u300f\\uff09]*(?=[^${SPACE_RANGE}]))`,
  "gu",
);
// prettier-ignore
const ABBREVIATIONS = new Set([
  "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "etc", "e.g", "i.e", "cf", "fig", "vol", "approx", "sra",
  "srta", "dra", "ud", "uds", "p\u00e1g", "n\u00fam", "gen", "col", "lt", "sgt", "rev", "z.b", "bzw", "usw",
]);
/** Longer than every abbreviation. */
const LOOK_BACK = 12;
const LAST_WORD = new RegExp(`[^${SPACE_RANGE}(\\["']+$`, "u");
const CLAUSE = new RegExp(`[;:,\\u2014\\u2013\\u060c\\u3001\\uff0c\\uff1b]${S}*`, "gu");
const BLANK = new RegExp(`${S}+`, "gu");
const UPPER = /^\p{Lu}$/u;

/** The parts of a text in their order; their texts add up to it. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const gap of text.matchAll(LAYOUT)) {
    parts.push(...lineParts(text.slice(end, gap.index)), { text: gap[0], isSentence: false });
    end = gap.index + gap[0].length;
  }
  parts.push(...lineParts(text.slice(end)));
  return parts.filter((part) => part.text);
}

function* lineParts(given: string): Generator<Part> {
  const bullet = BULLET.exec(given);
  if (bullet) yield { text: bullet[0], isSentence: false };
  const line = bullet ? given.slice(bullet[0].length) : given;
  let start = 0;
  for (const mark of line.matchAll(END)) {
    const end = mark.index + mark[0].length;
    if (isAbbreviation(lastCharacters(line.slice(start, mark.index)), mark[0])) continue;
    yield { text: line.slice(start, end), isSentence: true };
    start = line.length - lstrip(line.slice(end)).length;
    yield { text: line.slice(end, start), isSentence: false };
  }
  yield { text: line.slice(start), isSentence: true };
}

function lastCharacters(text: string): string {
  return Array.from(text.slice(-2 * LOOK_BACK)).slice(-LOOK_BACK).join("");
}

function isAbbreviation(before: string, mark: string): boolean {
  if (mark !== ".") return false;
  const found = LAST_WORD.exec(before)?.[0];
  return found !== undefined && (UPPER.test(found) || ABBREVIATIONS.has(found.toLowerCase()));
}

/**
 * The pieces of a sentence that is too long: cut at clause marks, else at blanks, else anywhere. They add up to it.
 *
 * @param fits whether a piece is short enough; true of any single character.
 */
export function shortened(sentence: string, fits: (text: string) => boolean): string[] {
  const waiting = [sentence];
  const found: string[] = [];
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    if (Array.from(piece).length <= 1 || fits(piece)) found.push(piece);
    else waiting.push(...halved(piece).reverse());
  }
  return found;
}

/** Two pieces of a text of two characters or more: cut at a clause mark, else at a blank, else in the middle. */
export function halved(text: string): [string, string] {
  const place = middleCut(text);
  return [text.slice(0, place), text.slice(place)];
}

/** The best place for a cut, in the middle half of the text; characters are counted as Python counts them. */
function middleCut(text: string): number {
  const characters = Array.from(text);
  const places = [0];
  for (const one of characters) places.push(places.at(-1)! + one.length);
  const length = characters.length;
  const quarter = Math.floor(length / 4);
  const [low, high] = [places[quarter]!, places[length - quarter]!];
  const number = new Map(places.map((place, at) => [place, at]));
  const middle = Math.floor(length / 2);
  for (const pattern of [CLAUSE, BLANK]) {
    const ends = Array.from(text.slice(low, high).matchAll(pattern), (one) => low + one.index + one[0].length)
      .filter((end) => end > 0 && end < text.length)
      .map((end) => ({ end, distance: Math.abs(number.get(end)! - middle) }));
    if (ends.length) return ends.reduce((best, one) => (one.distance < best.distance ? one : best)).end;
  }
  return places[middle]!;
}
