import type { Covariates, Series } from "../settings.js";
import type { ForecastSpec } from "../spec/tasks.js";
import { align, type Aligned } from "./covariates.js";
import { asNumbers, clean, SHORT } from "./history.js";
import { seasonalIndices } from "./seasonality.js";
import { smooth, theta } from "./smoothing.js";

/** In logarithms, a forecast may be so much above or below the level. */
const MOST = 12;
/** In units of the scale: a single spike must not swamp the rest where activations are quantized. */
const GREATEST = 200;
/** Logarithms change by so much a step at least. */
const LEAST_CHANGE = 1e-3;
/** A part of the level that counts as no change at all: constant series have no scale of their own. */
const LEAST_SCALE = 1e-6;
/** Seasons change: one a cycle older counts so much less. */
const DECAY = 0.8;
/** The network's input for `n` values seen is log(n) by this. */
const COUNT_SCALE = 5;

/** A history as the network takes it; see `Prepared` in Python. */
export interface Prepared {
  /** [window, 2 + covariates]. */
  readonly window: Float32Array;
  /** [context width]. */
  readonly context: Float32Array;
  /** What values are relative to. */
  readonly level: number;
  /** The unit of what the network sees and answers. */
  readonly scale: number;
  /** What was mended, one sentence each. */
  readonly flags: readonly string[];
}

interface Relative {
  readonly recent: readonly number[];
  readonly path: readonly number[];
  readonly season: readonly number[];
  readonly level: number;
  readonly scale: number;
}

/**
 * Mends and scales a history as it comes.
 *
 * @throws InputError nothing in it can be used, or the covariates do not fit.
 */
export function prepareRaw(history: Series, spec: ForecastSpec, covariates: Covariates | null = null): Prepared {
  const values = asNumbers(history);
  const aligned = align(covariates, values.length, spec);
  const cleaned = clean(values.slice(-spec.context), spec.transform, spec.periods);
  const short = cleaned.values.length < spec.window ? [SHORT] : [];
  return prepare(cleaned.values, spec, aligned, [...cleaned.flags, ...short, ...(aligned?.flags ?? [])]);
}

/** Outputs of the network, relative to the level, as values. */
export function restore(outputs: ArrayLike<number>, prepared: Prepared, spec: ForecastSpec): Float64Array {
  const { level, scale } = prepared;
  if (spec.transform === "linear") return Float64Array.from(outputs, (value) => value * scale + level);
  return Float64Array.from(outputs, (value) => Math.exp(clipped(value * scale, MOST) + level));
}

function prepare(values: readonly number[], spec: ForecastSpec, aligned: Aligned | null, flags: string[]): Prepared {
  const log = spec.transform === "log";
  const indices = seasonalIndices(values, spec.periods, log, DECAY);
  const plain = values.map((value, at) => {
    const season = indices[at % indices.length]!;
    return log ? value / season : value - season;
  });
  const ahead = Array.from({ length: spec.horizon }, (_, step) => indices[(values.length + step) % indices.length]!);
  const level = smooth(plain);
  const { path, rate } = theta(plain, spec.horizon);
  const relative = log ? inLogarithms(plain, path, ahead, level.level, spec) : inSteps(plain, path, ahead, level.level, spec);
  const found = indices.some((one) => one !== (log ? 1 : 0)) ? 1 : 0;
  const facts = [level.rate, rate, Math.log(values.length) / COUNT_SCALE, found, log ? Math.log(relative.scale) : 0];
  const context = [...relative.path, ...relative.season, ...facts, ...(aligned?.ahead.flat() ?? [])];
  return {
    window: windowOf(relative.recent, spec, aligned),
    context: Float32Array.from(context, (value) => clipped(value, GREATEST)),
    level: relative.level,
    scale: relative.scale,
    flags,
  };
}

function inLogarithms(plain: number[], path: number[], ahead: number[], level: number, spec: ForecastSpec): Relative {
  const base = Math.log(level);
  const recent = plain.map(Math.log).slice(-spec.window);
  const scale = Math.max(meanStep(recent), LEAST_CHANGE);
  // A falling line must not reach zero: no logarithm could follow it.
  const least = 0.05 * plain.at(-1)!;
  return {
    recent: recent.map((value) => (value - base) / scale),
    path: path.map((value) => (Math.log(Math.max(value, least)) - base) / scale),
    season: ahead.map((value) => Math.log(value) / scale),
    level: base,
    scale,
  };
}

function inSteps(plain: number[], path: number[], ahead: number[], level: number, spec: ForecastSpec): Relative {
  const scale = Math.max(meanStep(plain), LEAST_SCALE * Math.max(1, Math.abs(level)));
  return {
    recent: plain.slice(-spec.window).map((value) => (value - level) / scale),
    path: path.map((value) => (value - level) / scale),
    season: ahead.map((value) => value / scale),
    level,
    scale,
  };
}

/** The mean absolute difference of neighbours; 0 of a single value. */
function meanStep(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const sum = values.slice(1).reduce((total, value, at) => total + Math.abs(value - values[at]!), 0);
  return sum / (values.length - 1);
}

function windowOf(recent: readonly number[], spec: ForecastSpec, aligned: Aligned | null): Float32Array {
  const width = 2 + spec.covariates.length;
  const window = new Float32Array(spec.window * width);
  const before = spec.window - recent.length;
  for (const [at, value] of recent.entries()) {
    window[(before + at) * width] = clipped(value, GREATEST);
    window[(before + at) * width + 1] = 1;
  }
  aligned?.window.forEach((row, at) => window.set(row, at * width + 2));
  return window;
}

function clipped(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
