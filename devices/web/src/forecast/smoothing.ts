const RATES = Array.from({ length: 20 }, (_, at) => (at === 19 ? 1 : 0.05 + at * (0.95 / 19)));

/** Sums of squares that differ by less than this part of the values' squares differ by rounding. */
const ROUNDING = 1e-24;

/** The level behind the last value, and the rate (0 to 1) whose one-step forecasts erred least. */
export interface Smoothed {
  readonly level: number;
  readonly rate: number;
}

/**
 * Simple exponential smoothing, its rate chosen from 0.05, 0.10, ... 1 by the sum of squared one-step errors; of rates
 * that differ by nothing but rounding the lowest.
 */
export function smooth(values: readonly number[]): Smoothed {
  const tried = RATES.map((rate) => {
    let level = values[0]!;
    let squares = 0;
    for (const value of values.slice(1)) {
      const error = value - level;
      squares += error * error;
      level = level * (1 - rate) + rate * value;
    }
    return { level, rate, squares };
  });
  const rounding = ROUNDING * values.reduce((sum, value) => sum + value * value, 0);
  const least = Math.min(...tried.map((one) => one.squares)) + rounding;
  return tried.find((one) => one.squares <= least) ?? tried[0]!;
}

/**
 * The Theta method (Assimakopoulos and Nikolopoulos 2000): half the trend line, half a smoothed line bent twice as far.
 *
 * @param values without season, one or more.
 * @param horizon steps ahead.
 */
export function theta(values: readonly number[], horizon: number): { path: number[]; rate: number } {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const middle = (count - 1) / 2;
  let product = 0;
  let power = 0;
  for (const [time, value] of values.entries()) {
    product += (time - middle) * (value - mean);
    power += (time - middle) ** 2;
  }
  const slope = count > 1 ? product / power : 0;
  const start = mean - (slope * (count - 1)) / 2;
  const bent = smooth(values.map((value, time) => 2 * value - (start + slope * time)));
  const path = Array.from({ length: horizon }, (_, step) => 0.5 * (bent.level + start + slope * (count + step)));
  return { path, rate: bent.rate };
}
