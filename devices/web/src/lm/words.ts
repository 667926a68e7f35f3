import { compare, greatest } from "../decode/select.js";
import type { Suggestion } from "../outcomes.js";
import type { Level } from "../spec/tasks.js";
import type { Pieces } from "../text/pieces.js";
import { isAlnum, strip } from "../text/python.js";
import type { Reading } from "./reading.js";

/** Of words that are made of several tokens: beginnings that are followed, and tokens that a word has at most. */
const BEAMS = 12;
const LONGEST = 24;

/** A text that is being typed. */
export interface Typed {
  /** What the model reads: without the word that is being typed and the blank before it. */
  readonly before: string;
  /** What has been typed of a word. */
  readonly partial: string;
  /** Whether a blank lies between the two. */
  readonly blank: boolean;
}

interface Ranked {
  readonly word: string;
  readonly log: number;
}

interface Beam {
  readonly total: number;
  readonly word: string;
  readonly reading: Reading;
  readonly logits: Float32Array;
}

interface Grown {
  readonly total: number;
  readonly word: string;
  readonly token: number;
  readonly reading: Reading;
}

/** Whether a character is part of words: letters, digits, apostrophes. */
export function isWordCharacter(character: string): boolean {
  return isAlnum(character) || character === "'" || character === "\u2019" || character === "_";
}

/** Divides a text at the beginning of its last word. */
export function typed(text: string): Typed {
  const characters = Array.from(text);
  let cut = characters.length;
  while (cut && isWordCharacter(characters[cut - 1]!)) cut--;
  const before = characters.slice(0, cut).join("");
  const blank = before.endsWith(" ");
  return { before: blank ? before.slice(0, -1) : before, partial: characters.slice(cut).join(""), blank };
}

/** Words out of tokens. */
export class Words {
  private readonly allowed: readonly boolean[];
  private readonly visible: readonly boolean[];
  private readonly boundary: readonly number[];
  private readonly inside: readonly number[];

  /**
   * @param pieces what tokens are in a text.
   * @param level what a token is.
   * @param forbidden tokens that are no text.
   */
  constructor(
    private readonly pieces: Pieces,
    private readonly level: Level,
    forbidden: readonly number[],
  ) {
    const { texts } = pieces;
    this.allowed = texts.map((_, id) => !forbidden.includes(id));
    this.visible = texts.map((text, id) => this.allowed[id]! && strip(text) !== "");
    const begins = texts.map((text) => text !== "" && isWordCharacter(String.fromCodePoint(text.codePointAt(0)!)));
    this.boundary = begins.flatMap((one, id) => (one ? [] : [id]));
    this.inside = begins.flatMap((one, id) => (one ? [id] : []));
  }

  /**
   * The k most probable words, the most probable first.
   *
   * @param reading of `text.before`.
   * @param text what has been typed.
   * @param k 1 or more.
   */
  async suggest(reading: Reading, text: Typed, k: number): Promise<Suggestion[]> {
    // Where tokens stand between blanks, blanks are no tokens.
    const lead = text.blank && this.level !== "blank" ? " " : "";
    const prefix = lead + text.partial;
    const whole = this.level === "blank" || this.level === "word";
    const found = whole
      ? this.wholeTokens(logSoftmax(reading.logits), prefix, k)
      : await this.inPieces(reading, prefix, k);
    return found.map(({ word, log }) => ({
      text: word.replace(/^ +| +$/g, ""),
      score: Math.exp(log),
      completes: text.partial !== "",
    }));
  }

  private wholeTokens(logs: Float64Array, prefix: string, k: number): Ranked[] {
    const { texts } = this.pieces;
    const typedOne = strip(prefix) !== "";
    const usable = typedOne ? this.allowed : this.visible;
    const candidates = texts.flatMap((text, id) => (usable[id] && text.startsWith(prefix) ? [id] : []));
    if (!candidates.length) return [];
    // Of what begins with what was typed, the shares; of all, the probabilities.
    const whole = typedOne ? logSum(candidates.map((id) => logs[id]!)) : 0;
    return candidates
      .sort((a, b) => compare(logs[b]!, logs[a]!) || a - b)
      .slice(0, k)
      .map((id) => ({ word: texts[id]!, log: logs[id]! - whole }));
  }

  /** A beam search over tokens that agree with the prefix, each word up to where the next one may begin. */
  private async inPieces(reading: Reading, prefix: string, k: number): Promise<Ranked[]> {
    let beams: Beam[] = [{ total: 0, word: "", reading: reading.fork(), logits: reading.logits }];
    const found = new Map<string, number>();
    for (let turn = 0; turn < LONGEST; turn++) {
      const grown = this.grown(beams, prefix, found);
      const sums = [...found.values()].sort((a, b) => compare(b, a));
      const worst = sums.length >= k ? sums[k - 1]! : -Infinity;
      const kept = grown.slice(0, BEAMS).filter((one) => one.total > worst);
      if (!kept.length) break;
      beams = [];
      for (const { total, word, token, reading: state } of kept) {
        const own = state.fork();
        beams.push({ total, word: word + this.pieces.texts[token]!, reading: own, logits: await own.step(token) });
      }
    }
    const ranked = [...found]
      .sort(([a, one], [b, other]) => compare(other, one) || compareTexts(a, b))
      .slice(0, k);
    // Of what begins with what was typed, the shares among those found.
    const whole = strip(prefix) && found.size ? logSum([...found.values()]) : 0;
    return ranked.map(([word, log]) => ({ word, log: log - whole }));
  }

  private grown(beams: readonly Beam[], prefix: string, found: Map<string, number>): Grown[] {
    const grown: Grown[] = [];
    for (const { total, word, reading, logits } of beams) {
      const logs = logSoftmax(logits);
      if (countOf(word) >= countOf(prefix) && strip(word)) {
        const ends = logSum(this.boundary.map((id) => logs[id]!));
        found.set(word, logAdd(found.get(word) ?? -Infinity, total + ends));
      }
      for (const token of this.next(word, prefix, logs)) {
        grown.push({ total: total + logs[token]!, word, token, reading });
      }
    }
    return grown.sort((a, b) => compare(b.total, a.total));
  }

  /** The best tokens that agree with the prefix and do not begin another word. */
  private next(word: string, prefix: string, logs: Float64Array): number[] {
    const left = Array.from(prefix).slice(countOf(word)).join("");
    const ids = this.agreeing(word, left).filter((id) => this.allowed[id]);
    if (!ids.length) return [];
    const scores = Float64Array.from(ids, (id) => logs[id]!);
    return greatest(scores, Math.min(BEAMS, ids.length)).map((place) => ids[place]!);
  }

  private agreeing(word: string, left: string): number[] {
    const { texts } = this.pieces;
    if (!left) return word ? [...this.inside] : texts.map((_, id) => id);
    // In the order of the texts, those that reach beyond the prefix first, then shorter ones by their lengths.
    const sorted = texts.map((_, id) => id).filter((id) => texts[id]!.startsWith(left));
    sorted.sort((a, b) => compareTexts(texts[a]!, texts[b]!) || a - b);
    const characters = Array.from(left);
    const shorter = characters.slice(1).flatMap((_, at) => {
      const beginning = characters.slice(0, at + 1).join("");
      return texts.flatMap((text, id) => (text === beginning ? [id] : []));
    });
    return [...sorted, ...shorter];
  }
}

/** Natural logarithms of the probabilities. */
export function logSoftmax(logits: Float32Array): Float64Array {
  let most = -Infinity;
  for (const value of logits) if (value > most) most = value;
  let sum = 0;
  for (const value of logits) sum += Math.exp(value - most);
  const whole = Math.log(sum);
  return Float64Array.from(logits, (value) => value - most - whole);
}

function logSum(values: readonly number[]): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  if (most === -Infinity) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

function logAdd(one: number, other: number): number {
  return logSum([one, other]);
}

/** By code points, as Python sorts. */
function compareTexts(one: string, other: string): number {
  const [a, b] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = a[at]!.codePointAt(0)! - b[at]!.codePointAt(0)!;
    if (difference) return difference;
  }
  return a.length - b.length;
}

function countOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
