/** Characters [start, stop) of a text. */
export type Span = readonly [number, number];

const WORD = /[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

/** Each word's characters and the numbers of the tokens that wrote it; words without any are left out. */
export function wordsWithTokens(text: string, tokens: readonly Span[]): { span: Span; tokens: number[] }[] {
  const found: { span: Span; tokens: number[] }[] = [];
  for (const word of text.matchAll(WORD)) {
    const span: Span = [word.index, word.index + word[0].length];
    const numbers = tokens.flatMap(([start, stop], number) =>
      start < span[1] && Math.max(stop, start + 1) > span[0] ? [number] : [],
    );
    if (numbers.length) found.push({ span, tokens: numbers });
  }
  return found;
}
