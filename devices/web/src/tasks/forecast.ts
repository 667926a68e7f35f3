import { float32, floats } from "../arrays.js";
import { BundleError, InputError } from "../errors.js";
import { type Prepared, prepareRaw, restore } from "../forecast/features.js";
import { ForecastSession } from "../forecast/session.js";
import { BaseModel, type Opened } from "../model.js";
import type { Forecast } from "../outcomes.js";
import type { Covariates, ForecastSettings, Series } from "../settings.js";
import type { ForecastSpec } from "../spec/tasks.js";

/** Part of the values that `lower` and `upper` should hold between them. */
const DEFAULT_COVERAGE = 0.8;
/** Numbers of a history that the network is told beside its paths. */
const FACTS = 5;

/** Forecasts series from their past. */
export class Forecaster extends BaseModel {
  override readonly kind = "forecast";
  /** How histories are read, and how far ahead the network looks. */
  readonly task: ForecastSpec;

  /** @internal use `load`. */
  constructor(opened: Opened) {
    super(opened);
    const { task } = opened.bundle.manifest;
    if (task.name !== "forecast") throw new BundleError(`${opened.bundle.name}: not a forecaster`);
    this.task = task;
    checkModel(opened, task);
  }

  /**
   * Forecasts one series, or each of several.
   *
   * @param history the values so far, the oldest first, of any length; null or NaN where one is missing. Or a list of such.
   * @param settings see `ForecastSettings`.
   * @throws InputError no usable number in it, covariates that do not fit, or a horizon or coverage that the bundle does
   *   not give.
   */
  forecast(history: Series, settings?: ForecastSettings): Promise<Forecast>;
  forecast(history: readonly Series[], settings?: ForecastSettings): Promise<Forecast[]>;
  async forecast(history: Series | readonly Series[], settings: ForecastSettings = {}): Promise<Forecast | Forecast[]> {
    const { covariates = null } = settings;
    if (!isSeveral(history)) {
      if (Array.isArray(covariates)) {
        throw new InputError("covariates: expected an object of arrays by name for one series");
      }
      return this.one(history, settings, covariates as Covariates | null);
    }
    const others = covariates ?? history.map(() => null);
    if (!Array.isArray(others) || others.length !== history.length) {
      throw new InputError(`covariates: expected a list of ${history.length} objects, one for each series`);
    }
    return Promise.all(history.map((series, at) => this.one(series, settings, others[at] as Covariates | null)));
  }

  /** A stream of values: one in, an updated forecast and an anomaly score out. */
  session(): ForecastSession {
    return new ForecastSession(this);
  }

  /** Every quantile of every step ahead, [horizon][quantiles]. */
  async quantiles(history: Series, covariates: Covariates | null = null): Promise<Float64Array[]> {
    return this.ahead(prepareRaw(history, this.task, covariates));
  }

  private async one(history: Series, settings: ForecastSettings, covariates: Covariates | null): Promise<Forecast> {
    const { coverage = DEFAULT_COVERAGE } = settings;
    const steps = this.checkHorizon(settings.horizon ?? null);
    const [low, high] = this.ends(coverage);
    const prepared = prepareRaw(history, this.task, covariates);
    const ahead = (await this.ahead(prepared)).slice(0, steps);
    const column = (at: number) => Float64Array.from(ahead, (row) => row[at]!);
    const mean = column(this.task.quantiles.indexOf(0.5));
    return { mean, lower: column(low), upper: column(high), coverage, flags: prepared.flags };
  }

  private async ahead(prepared: Prepared): Promise<Float64Array[]> {
    const { task } = this;
    const inputs = {
      [task.window_input]: float32([1, task.window, 2 + task.covariates.length], prepared.window),
      [task.context_input]: float32([1, prepared.context.length], prepared.context),
    };
    const values = restore(floats((await this.run(inputs))[task.output]), prepared, task);
    const width = task.quantiles.length;
    return Array.from({ length: task.horizon }, (_, step) => {
      const row = values.slice(step * width, (step + 1) * width);
      // Quantization may let neighbours cross by a hair.
      for (let at = 1; at < width; at++) row[at] = Math.max(row[at]!, row[at - 1]!);
      return row;
    });
  }

  private checkHorizon(horizon: number | null): number {
    const steps = horizon ?? this.task.horizon;
    if (!Number.isInteger(steps) || steps < 1 || steps > this.task.horizon) {
      throw new InputError(`horizon: this bundle forecasts 1 to ${this.task.horizon} steps, not ${steps}`);
    }
    return steps;
  }

  private ends(coverage: number): [number, number] {
    const levels = this.task.quantiles;
    const near = (wanted: number) => levels.findIndex((level) => Math.abs(level - wanted) < 1.1e-6);
    const [low, high] = [near((1 - coverage) / 2), near((1 + coverage) / 2)];
    if (low < 0 || high < 0 || !(coverage > 0)) {
      const offered = levels.filter((level) => level < 0.5).map((level) => Number((1 - 2 * level).toFixed(6)));
      throw new InputError(`coverage: this bundle gives ${offered.sort((a, b) => a - b).join(", ")}, not ${coverage}`);
    }
    return [low, high];
  }
}

function isSeveral(history: Series | readonly Series[]): history is readonly Series[] {
  return Array.isArray(history) && history.length > 0 && history.every((one) => Array.isArray(one) || ArrayBuffer.isView(one));
}

function checkModel({ bundle }: Opened, task: ForecastSpec): void {
  const shapes = (tensors: readonly { name: string; shape: readonly (number | null)[] }[]) =>
    new Map(tensors.map((one) => [one.name, String(one.shape)]));
  const inputs = shapes(bundle.manifest.inputs);
  const known = task.covariates.filter((one) => one.known).length;
  const context = 2 * task.horizon + FACTS + task.horizon * known;
  const fits =
    inputs.size === 2 &&
    inputs.get(task.window_input) === String([1, task.window, 2 + task.covariates.length]) &&
    inputs.get(task.context_input) === String([1, context]) &&
    shapes(bundle.manifest.outputs).get(task.output) === String([1, task.horizon, task.quantiles.length]);
  const rise = (values: readonly number[]) => values.every((value, at) => !at || value > values[at - 1]!);
  const names = task.covariates.map((one) => one.name);
  const fault = !fits
    ? "its model does not take and give what its task says"
    : !task.periods.length || !rise(task.periods)
      ? "its seasons must rise"
      : !task.quantiles.includes(0.5) || !rise(task.quantiles)
        ? "its quantiles must rise, with 0.5 among them"
        : Math.min(...task.periods, task.horizon, task.window) < 1 || task.context < task.window
          ? "its season, horizon, window or context makes no sense"
          : new Set(names).size < names.length || !task.covariates.every((one) => one.scale > 0)
            ? "its covariates make no sense"
            : "";
  if (fault) throw new BundleError(`${bundle.name}: ${fault}`);
}
