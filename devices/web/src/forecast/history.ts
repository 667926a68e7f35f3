import { InputError } from "../errors.js";
import type { Series } from "../settings.js";

/** Beyond this a sensor is broken. */
export const GREATEST = 1e30;
/** Where logarithms are taken, zeros and less become this part of the median; so does what is next to nothing. */
const FLOOR = 0.01;
const LEAST = 1e-9;
/** Longer gaps are no straight lines where there is a season of at least so many values. */
const LONGEST_LINE = 3;
const LEAST_SEASON = 4;

export const MISSING = "missing values were filled";
export const OUT_OF_RANGE = "impossible values were left out";
export const NOT_POSITIVE = "values that are not positive were raised";
export const CONSTANT = "the history is constant";
export const SHORT = "the history is shorter than the network's window";

/** A history without gaps. */
export interface Cleaned {
  /** Finite; positive where the transform needs it. */
  readonly values: number[];
  /** What was done or seen, one sentence each. */
  readonly flags: string[];
}

/**
 * Mends a history; see `clean` in Python for the rules.
 *
 * @throws InputError none of the numbers can be used.
 */
export function clean(history: readonly number[], transform: "log" | "linear", periods: readonly number[]): Cleaned {
  const flags: string[] = [];
  const impossible = history.filter((one) => Math.abs(one) > GREATEST).length;
  if (impossible) flags.push(OUT_OF_RANGE);
  const values = history.map((one) => (Math.abs(one) > GREATEST ? NaN : one));
  const known = values.filter((one) => !Number.isNaN(one)).length;
  if (!known) throw new InputError("history: no usable value in it: a forecast needs at least one number");
  if (known < values.length - impossible) flags.push(MISSING);
  let mended = filled(values.slice(values.findIndex((one) => !Number.isNaN(one))), periods);
  if (transform === "log") mended = positive(mended, flags);
  if (mended.length > 1 && mended.every((one) => one === mended[0])) flags.push(CONSTANT);
  return { values: mended, flags };
}

/**
 * Numbers, missing values as NaN.
 *
 * @throws InputError it is something else.
 */
export function asNumbers(history: Series): number[] {
  if (!Array.isArray(history) && !ArrayBuffer.isView(history)) {
    throw new InputError("history: expected a list of numbers (null or NaN where one is missing)");
  }
  const values = Array.from(history as ArrayLike<unknown>, (one) => {
    if (one === null || one === undefined) return NaN;
    if (typeof one === "number" || typeof one === "boolean") return Number(one);
    throw new InputError(
      `history: expected a list of numbers (null or NaN where one is missing): found ${JSON.stringify(one)}`,
    );
  });
  if (!values.length) throw new InputError("history: expected a list of numbers, found an array of shape [0]");
  return values;
}

function filled(values: readonly number[], periods: readonly number[]): number[] {
  const found = [...values];
  const seasons = [...periods].sort((a, b) => b - a).filter((period) => period >= LEAST_SEASON);
  for (let start = 0; start < values.length; start++) {
    if (!Number.isNaN(values[start])) continue;
    let end = start;
    while (end < values.length && Number.isNaN(values[end])) end++;
    line(found, start, end);
    if (end - start > LONGEST_LINE) {
      for (let place = start; place < end; place++) {
        const season = seasons.find((period) => place >= period);
        if (season !== undefined) found[place] = found[place - season]!;
      }
    }
    start = end;
  }
  return found;
}

/** A straight line over a gap; the last value again where nothing follows. */
function line(values: number[], start: number, end: number): void {
  const before = values[start - 1]!;
  const after = end < values.length ? values[end]! : before;
  const slope = (after - before) / (end - start + 1);
  for (let place = start; place < end; place++) values[place] = slope * (place - start + 1) + before;
}

function positive(values: readonly number[], flags: string[]): number[] {
  const sorted = values.filter((one) => one > 0).sort((a, b) => a - b);
  if (!sorted.length) {
    throw new InputError("history: no positive value in it, and this bundle's series are positive: train one on yours");
  }
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  if (values.every((one) => one > LEAST * median)) return [...values];
  flags.push(NOT_POSITIVE);
  return values.map((one) => (one <= LEAST * median ? FLOOR * median : one));
}
