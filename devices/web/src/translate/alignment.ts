import type { Link } from "../outcomes.js";
import { lstrip, SPACE_CLASS, SPACE_RANGE } from "../text/python.js";
import { type Span, wordsWithTokens } from "../text/spans.js";

/** Models leave a part out of sentences that are longer than those they have learnt from; so short ones are never cut. */
export const LONG = 32;
/** Words that go by themselves ("do", "the") get little attention, but not so many in a row. */
const LOOKED_AT = 0.3;
const ROW = 8;
const WITH_BLANK = new RegExp(`${SPACE_CLASS}*[^${SPACE_RANGE}]+`, "gu");

/**
 * For each token of a text the characters of the word that it belongs to.
 *
 * Words are encoded one by one; where that gives other tokens than the whole text, each belongs to all of it.
 */
export function tokenWords(text: string, encode: (text: string) => number[], ids: readonly number[]): Span[] {
  const spans: Span[] = [];
  const found: number[] = [];
  for (const word of text.matchAll(WITH_BLANK)) {
    const part = encode(word[0]);
    const end = word.index + word[0].length;
    found.push(...part);
    spans.push(...part.map((): Span => [end - lstrip(word[0]).length, end]));
  }
  return String(found) === String(ids) ? spans : ids.map(() => [0, text.length]);
}

/**
 * A link for each word of a translation.
 *
 * @param text the translation.
 * @param tokens characters of it that each of its tokens wrote.
 * @param attention a row a token, or null.
 * @param words of the source, as `tokenWords` gives them.
 */
export function linksOf(
  text: string,
  tokens: readonly Span[],
  attention: readonly Float32Array[] | null,
  words: readonly Span[],
): Link[] {
  if (!attention || !words.length) return [];
  return wordsWithTokens(text, tokens).map(({ span, tokens: rows }) => {
    const mean = meanOf(rows.map((row) => attention[row]!));
    const { word, weight } = mostAttended(mean, words);
    return { source: word, target: span, weight };
  });
}

/**
 * Whether a translation leaves out a part of a long source: eight tokens in a row that it has not looked at.
 *
 * @param attention a row a token written, of the source's length or more.
 * @param tokens of the source.
 */
export function leavesOut(attention: readonly Float32Array[], tokens: number): boolean {
  if (tokens < LONG) return false;
  let row = 0;
  for (let place = 0; place < tokens; place++) {
    const total = attention.reduce((sum, one) => sum + (one[place] ?? 0), 0);
    row = total < LOOKED_AT ? row + 1 : 0;
    if (row === ROW) return true;
  }
  return false;
}

/** The word of the source that got most attention, and how much. */
export function mostAttended(attention: Float32Array, words: readonly Span[]): { word: Span; weight: number } {
  const totals = new Map<string, { word: Span; weight: number }>();
  for (const [at, word] of words.entries()) {
    if (at >= attention.length) break;
    const before = totals.get(String(word))?.weight ?? 0;
    totals.set(String(word), { word, weight: before + attention[at]! });
  }
  const best = [...totals.values()].reduce((one, other) => (other.weight > one.weight ? other : one));
  return { word: best.word, weight: Number(best.weight.toFixed(6)) };
}

/** The mean of rows, in float32. */
export function meanOf(rows: readonly Float32Array[]): Float32Array {
  const sum = rows[0]!.slice();
  for (const row of rows.slice(1)) for (let at = 0; at < sum.length; at++) sum[at]! += row[at]!;
  return sum.map((value) => value / rows.length);
}
