import type { Link } from "../outcomes.js";
import { SPACE_RANGE } from "../text/python.js";
import { type Change, Edited } from "./edited.js";

/** Python's `\w`: letters, numbers and the underscore. */
const W = "\\p{L}\\p{N}_";
// `\b` before a letter: nothing of a word stands there.
const ADDRESS =
  `(?:(?<![${W}])[a-z][a-z0-9+.\\-]{1,15}://|(?<![${W}])www\\.)[^${SPACE_RANGE}<>"]{0,2000}[^${SPACE_RANGE}<>"'.,;:!?)\\]}\\u2019\\u201d]` +
  `|[${W}.+\\-]{1,64}@[${W}\\-]{1,63}(?:\\.[${W}\\-]{1,63}){1,8}`;
const VARIABLE =
  `\\$?\\{\\{?[^{}${SPACE_RANGE}]{1,80}\\}?\\}|%\\([${W}]{1,80}\\)[sdf]|%[sdf](?![${W}])|%\\p{Nd}+\\$[sd]`;
const NUMBER = "\\p{Nd}(?:[\\p{Nd}.,:/'\\u00a0\\-]{0,40}\\p{Nd})";
const REPLACED = new RegExp(`${ADDRESS}|${VARIABLE}`, "giu");
const NUMBERS = new RegExp(NUMBER, "gu");
const CUT = new RegExp(`${ADDRESS}|${VARIABLE}|${NUMBER}`, "giu");
const TAG = /<\/?[A-Za-z][^<>]{0,300}>/gu;
const NO_DIGIT = /\P{Nd}/gu;
/** Private characters, each of which may stand for something else. */
const CHARACTERS = [[0xf0000, 0xffffe]] as const;
/** Numbers that may: such as are no hour, day or month; longer ones where these do not do. */
const SPOKEN = [
  [41, 100],
  [141, 1000],
] as const;

/** A sentence with a character or a number in the place of each thing that must be kept, and what each stands for. */
export class Masked {
  constructor(
    readonly edited: Edited,
    readonly kept: ReadonlyMap<string, string>,
  ) {}

  /** A translation with what they stand for; null where it does not have each of them once. */
  restored(text: string): Edited | null {
    const changes: Change[] = [];
    for (const [one, original] of this.kept) {
      // Not within a longer number.
      const pattern = /^\d/.test(one) ? `(?<!\\p{Nd})${one}(?!\\p{Nd})` : one;
      const places = [...text.matchAll(new RegExp(pattern, "gu"))];
      if (places.length !== 1) return null;
      changes.push([places[0]!.index, places[0]!.index + one.length, original]);
    }
    return new Edited(text, changes.sort((a, b) => a[0] - b[0]));
  }
}

/**
 * Puts something that does not occur in a sentence in the place of addresses and variables.
 *
 * @param numbers of numbers with two digits or more too.
 * @param spoken numbers of two digits, or of three where there are many; otherwise private characters.
 */
export function mask(sentence: string, numbers: boolean, spoken: boolean): Masked {
  const changes: Change[] = [];
  const kept = new Map<string, string>();
  const free = standIns(sentence, spoken);
  for (const found of sentence.matchAll(numbers ? CUT : REPLACED)) {
    const { value: one, done } = free.next();
    // No more things than there are stand-ins for them: what is left is text like any other.
    if (done) break;
    kept.set(one, found[0]);
    changes.push([found.index, found.index + found[0].length, one]);
  }
  return new Masked(new Edited(sentence, changes), kept);
}

function* standIns(sentence: string, spoken: boolean): Generator<string, void> {
  for (const [first, behind] of spoken ? SPOKEN : CHARACTERS) {
    for (let code = first; code < behind; code++) {
      const one = spoken ? String(code) : String.fromCodePoint(code);
      if (!sentence.includes(one)) yield one;
    }
  }
}

/**
 * A translation with the numbers of its source: a single one that was misspelt is put right.
 *
 * @returns null where a number is missing and nothing stands for it.
 */
export function renumbered(source: string, text: string): Edited | null {
  const wanted = [...source.matchAll(NUMBERS)];
  const found = [...text.matchAll(NUMBERS)];
  const missing = beyond(wanted, found);
  const strange = beyond(found, wanted);
  const [one] = strange;
  if (!missing.length) return new Edited(text, []);
  if (missing.length > 1 || strange.length !== 1 || !one) return null;
  return new Edited(text, [[one.index, one.index + one[0].length, missing[0]![0]]]);
}

/** Those of some numbers that the others do not have as often. */
function beyond(some: readonly RegExpExecArray[], others: readonly RegExpExecArray[]): RegExpExecArray[] {
  const left = new Map<string, number>();
  for (const number of others) left.set(digits(number), (left.get(digits(number)) ?? 0) + 1);
  return some.filter((number) => {
    const count = (left.get(digits(number)) ?? 0) - 1;
    left.set(digits(number), count);
    return count < 0;
  });
}

function digits(number: RegExpExecArray): string {
  return number[0].replace(NO_DIGIT, "");
}

/** The sentence in pieces, and whether each must be kept; they add up to it. */
export function cutAtKept(sentence: string): { text: string; kept: boolean }[] {
  const pieces: { text: string; kept: boolean }[] = [];
  let end = 0;
  for (const found of sentence.matchAll(CUT)) {
    pieces.push({ text: sentence.slice(end, found.index), kept: false }, { text: found[0], kept: true });
    end = found.index + found[0].length;
  }
  pieces.push({ text: sentence.slice(end), kept: false });
  return pieces.filter((piece) => piece.text);
}

/** A sentence without its inline tags: places in the text after, and the tags. */
export interface Untagged {
  readonly edited: Edited;
  readonly tags: readonly (readonly [number, string])[];
}

/** Takes the inline tags out. */
export function untag(sentence: string): Untagged {
  const found = [...sentence.matchAll(TAG)];
  let taken = 0;
  const tags = found.map((tag) => {
    const place = tag.index - taken;
    taken += tag[0].length;
    return [place, tag[0]] as const;
  });
  return { edited: new Edited(sentence, found.map((tag) => [tag.index, tag.index + tag[0].length, ""])), tags };
}

/** A translation with the tags of its source, in their order, where the attention says that the words beside them went. */
export function retagged(text: string, tags: Untagged["tags"], links: readonly Link[]): Edited {
  let least = 0;
  const changes = tags.map(([place, tag]): Change => {
    least = Math.max(least, placeOf(tag, place, text, links));
    return [least, least, tag];
  });
  return new Edited(text, changes);
}

function placeOf(tag: string, place: number, text: string, links: readonly Link[]): number {
  if (tag.startsWith("</")) {
    const ends = links.filter((link) => link.source[0] < place).map((link) => link.target[1]);
    return ends.length ? Math.max(...ends) : place === 0 ? 0 : text.length;
  }
  const starts = links.filter((link) => link.source[1] > place).map((link) => link.target[0]);
  return starts.length ? Math.min(...starts) : text.length;
}
