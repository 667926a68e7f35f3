import { InputError } from "../errors.js";

export const MOST_TOKENS = 1_000_000;
export const MOST_BEAMS = 64;

type Range = readonly [number, number];

/** What settings of a search have in common. */
interface Searching {
  readonly beams: number;
  readonly nBest: number;
  readonly maxSeconds: number | null;
}

/**
 * The settings with the defaults in the place of those that are left out.
 *
 * @throws InputError a setting is unknown.
 */
export function settingsAs<T extends object>(given: object, defaults: T, others: readonly string[] = []): T {
  const known = Object.keys(defaults);
  const unknown = Object.keys(given).filter((name) => !known.includes(name) && !others.includes(name));
  if (unknown.length) {
    throw new InputError(`unknown setting ${unknown.sort().join(", ")}: there are ${known.join(", ")}`);
  }
  const set = Object.entries(given).filter(([name, value]) => value !== undefined && known.includes(name));
  return { ...defaults, ...Object.fromEntries(set) };
}

/**
 * Checks the settings of a search.
 *
 * @param whole the least and greatest value of whole numbers, by name.
 * @param ranges likewise, of other numbers.
 * @throws InputError naming every value that is out of its range.
 */
export function checkSettings<T extends Searching>(
  options: T,
  whole: Readonly<Record<string, Range>>,
  ranges: Readonly<Record<string, Range>>,
): T {
  const values = options as unknown as Readonly<Record<string, unknown>>;
  const faults = [
    ...Object.entries(whole)
      .filter(([name, range]) => !Number.isInteger(values[name]) || !within(values[name], range))
      .map(([name, [low, high]]) => `${name} must be a whole number between ${low} and ${high}, not ${values[name]}`),
    ...Object.entries(ranges)
      .filter(([name, range]) => !within(values[name], range))
      .map(([name, [low, high]]) => `${name} must lie between ${low} and ${high}, not ${values[name]}`),
  ];
  if (options.maxSeconds !== null && !isSeconds(options.maxSeconds)) {
    faults.push(`maxSeconds must be 0 or more, not ${options.maxSeconds}`);
  }
  if (!faults.length && options.nBest > options.beams) {
    faults.push(`nBest (${options.nBest}) must not exceed beams (${options.beams})`);
  }
  if (faults.length) throw new InputError(faults.join("; "));
  return options;
}

export function within(value: unknown, [low, high]: Range): boolean {
  return typeof value === "number" && low <= value && value <= high;
}

export function isSeconds(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}
