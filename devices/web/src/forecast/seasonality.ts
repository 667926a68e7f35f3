/** Cycles that must have been seen before a season is looked for. */
const LEAST_CYCLES = 3;
/** One-sided 90 % of the normal distribution, as in the benchmarks of the M competitions. */
const CRITICAL = 1.645;
/** A month that sold nothing must not divide by zero. */
const LEAST_INDEX = 0.01;
const TINY = 2.2250738585072014e-308;

/**
 * Classical decomposition: what each place in the season adds to the trend, or multiplies it by.
 *
 * @param values the first of them at place 0; positive where `multiplicative`.
 * @param periods values in a season, rising.
 * @param decay weight of a season in the next one's.
 * @returns as many as all seasons found take until they begin together; [1] or [0] where none is found.
 */
export function seasonalIndices(
  values: readonly number[],
  periods: readonly number[],
  multiplicative: boolean,
  decay: number,
): number[] {
  let indices = [multiplicative ? 1 : 0];
  let left = [...values];
  for (const period of periods) {
    if (!isSeasonal(left, period)) continue;
    const found = multiplicative ? factors(left, period, decay) : summands(left, period, decay);
    const both = (indices.length * period) / gcd(indices.length, period);
    indices = Array.from({ length: both }, (_, place) => {
      const [one, other] = [indices[place % indices.length]!, found[place % period]!];
      return multiplicative ? one * other : one + other;
    });
    left = left.map((value, place) => (multiplicative ? value / found[place % period]! : value - found[place % period]!));
  }
  return indices;
}

/** Whether the autocorrelation at one period stands out (Bartlett's test at 90 %). */
function isSeasonal(values: readonly number[], period: number): boolean {
  if (period < 2 || values.length < LEAST_CYCLES * period) return false;
  const mean = meanOf(values);
  const centred = values.map((value) => value - mean);
  const power = dot(centred, centred);
  if (power <= 1e-12 * Math.max(1, dot(values, values))) return false;
  const lags = Array.from({ length: period }, (_, at) => dot(centred.slice(at + 1), centred) / power);
  const squares = lags.slice(0, -1).reduce((sum, lag) => sum + lag * lag, 0);
  return Math.abs(lags.at(-1)!) > CRITICAL * Math.sqrt((1 + 2 * squares) / values.length);
}

function summands(values: readonly number[], period: number, decay: number): number[] {
  const { trend, places, middle } = trendOf(values, period);
  const means = meansOf(middle.map((value, at) => value - trend[at]!), places, period, decay);
  const mean = meanOf(means);
  return means.map((one) => one - mean);
}

function factors(values: readonly number[], period: number, decay: number): number[] {
  const { trend, places, middle } = trendOf(values, period);
  const means = meansOf(middle.map((value, at) => value / Math.max(trend[at]!, TINY)), places, period, decay);
  const mean = meanOf(means);
  return means.map((one) => Math.max(one / mean, LEAST_INDEX));
}

/** By place in the season, the last season counting most. */
function meansOf(values: readonly number[], places: readonly number[], period: number, decay: number): number[] {
  const sums = new Float64Array(period);
  const weights = new Float64Array(period);
  for (const [at, value] of values.entries()) {
    const weight = decay ** Math.floor((values.length - 1 - at) / period);
    sums[places[at]!]! += weight * value;
    weights[places[at]!]! += weight;
  }
  return Array.from(sums, (sum, place) => sum / weights[place]!);
}

/** The centred moving average over a season, where it can be had: itself, the places in the season, the values. */
function trendOf(values: readonly number[], period: number) {
  const half = period >> 1;
  const even = period % 2 === 0;
  // An even season needs half of the values at both ends.
  const span = even ? period + 1 : period;
  const count = values.length - span + 1;
  const trend = Array.from({ length: count }, (_, at) => {
    let sum = 0;
    for (let step = 0; step < span; step++) {
      sum += (even && (step === 0 || step === period) ? 0.5 / period : 1 / period) * values[at + step]!;
    }
    return sum;
  });
  return { trend, places: trend.map((_, at) => (half + at) % period), middle: values.slice(half, half + count) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the values that both have. */
function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + value * other[at]!, 0);
}

function gcd(one: number, other: number): number {
  return other ? gcd(other, one % other) : one;
}
