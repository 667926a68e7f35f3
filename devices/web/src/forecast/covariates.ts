import { InputError } from "../errors.js";
import type { Covariates } from "../settings.js";
import type { CovariateSpec, ForecastSpec } from "../spec/tasks.js";
import { asNumbers } from "./history.js";

export const INCOMPLETE = "values of a covariate are missing: its mean stands in for them";
/** In standard deviations: a broken sensor must not swamp the network. */
const MOST = 10;

/** Covariates as the network takes them, scaled. */
export interface Aligned {
  /** [window][covariates]. */
  readonly window: readonly (readonly number[])[];
  /** [horizon][known covariates]. */
  readonly ahead: readonly (readonly number[])[];
  readonly flags: readonly string[];
}

/**
 * Lines covariates up with a history of so many values.
 *
 * @throws InputError one that the bundle needs is not there or too short, or it knows none of that name.
 */
export function align(covariates: Covariates | null, count: number, spec: ForecastSpec): Aligned | null {
  const given = covariates ?? {};
  const names = spec.covariates.map((one) => one.name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new InputError(`covariate '${unknown}': this bundle has ${names.join(", ") || "none"}`);
  }
  if (!spec.covariates.length) return null;
  const scaled = spec.covariates.map((one) => scaledOf(given, one, count));
  const before = spec.window - count;
  const window = Array.from({ length: spec.window }, (_, row) =>
    scaled.map((values) => (row < before ? NaN : values[count - spec.window + row]!)),
  );
  const known = scaled.filter((_, at) => spec.covariates[at]!.known);
  const ahead = Array.from({ length: spec.horizon }, (_, row) => known.map((values) => values[count + row] ?? NaN));
  const incomplete = [...window.slice(Math.max(0, before)), ...ahead].flat().some(Number.isNaN);
  const whole = (rows: readonly number[][]) => rows.map((row) => row.map((one) => (Number.isNaN(one) ? 0 : one)));
  return { window: whole(window), ahead: whole(ahead), flags: incomplete ? [INCOMPLETE] : [] };
}

function scaledOf(given: Covariates, one: CovariateSpec, count: number): number[] {
  const series = given[one.name];
  if (series === undefined) {
    const ahead = one.known ? " and the steps ahead" : "";
    throw new InputError(`covariate '${one.name}' is missing: give its values for the history${ahead}`);
  }
  let values: number[];
  try {
    values = asNumbers(series);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`covariate '${one.name}': ${error.message}`) : error;
  }
  if (values.length < count) {
    throw new InputError(
      `covariate '${one.name}': ${values.length} values for a history of ${count}: give one for each`,
    );
  }
  return values.map((value) =>
    Number.isFinite(value) ? Math.min(MOST, Math.max(-MOST, (value - one.mean) / one.scale)) : NaN,
  );
}
