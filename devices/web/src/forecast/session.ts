import { InputError } from "../errors.js";
import type { Forecast, StepForecast } from "../outcomes.js";
import type { Series } from "../settings.js";
import type { Forecaster } from "../tasks/forecast.js";
import { asNumbers, GREATEST } from "./history.js";

const MISSING_VALUE = "the value is missing: the forecast took its place";
const IMPOSSIBLE_VALUE = "the value is impossible";
const GAP = "values are missing before this one";
const LONG_GAP = "so many values are missing that the history begins anew";
const CLOCK_BACK = "the clock went back: the value counts as the next one";
/** The 90 % quantile of the normal distribution in standard deviations. */
const DEVIATIONS = 1.2815515655446004;
const COVERAGE = 0.8;
/** A part of the value: no forecast is so sure that rounding is an anomaly. */
const LEAST_SPREAD = 1e-6;

/** What a step may be told beside its value. */
export interface StepSettings {
  /** Of the value, in any unit; left out where values come at equal steps. */
  readonly time?: number | null;
  /** Between two values, in the same unit; by default that between the first two. */
  readonly interval?: number | null;
  /** For a bundle that has them: a number, or for those that are known ahead this step's and those ahead. */
  readonly covariates?: Readonly<Record<string, number | Series>>;
}

/** Where a series stands: plain values. */
export interface ForecastSnapshot {
  readonly values: readonly number[];
  readonly time: number | null;
  readonly interval: number | null;
  readonly covariates: Readonly<Record<string, readonly number[]>>;
  readonly model_sha256: string;
}

type Beside = Readonly<Record<string, readonly number[]>>;

/** One series, growing: a value in, an updated forecast and an anomaly score out. */
export class ForecastSession {
  private values: readonly number[] = [];
  private covariates: Beside;
  private time: number | null = null;
  private interval: number | null = null;
  private last: Forecast | null = null;

  /** @internal */
  constructor(private readonly model: Forecaster) {
    this.covariates = this.none();
  }

  /**
   * Takes the next value; the forecast takes the place of what is missing (null, NaN, infinite or beyond 1e30).
   *
   * @throws InputError not a number, covariates that do not fit, or the first value is missing.
   */
  async step(value: number | null, settings: StepSettings = {}): Promise<StepForecast> {
    const flags: string[] = [];
    const number = numberOf(value);
    const beside = this.besideOf(settings.covariates ?? {});
    await this.followClock(numberOf(settings.time ?? null), numberOf(settings.interval ?? null), flags);
    const usable = number !== null && Math.abs(number) <= GREATEST;
    if (!usable) {
      flags.push(number === null || Number.isNaN(number) ? MISSING_VALUE : IMPOSSIBLE_VALUE);
      if (!this.last) {
        throw new InputError("the first value of a stream cannot be missing: there is nothing to forecast from");
      }
    }
    const score = usable ? this.score(number) : 0;
    this.append([usable ? number : this.last!.mean[0]!], mapped(beside, (values) => values.slice(0, 1)));
    const forecast = await this.forecast(mapped(beside, (values) => values.slice(1)));
    this.last = forecast;
    return { forecast, score, flags: [...flags, ...forecast.flags] };
  }

  /** A new series begins. */
  reset(): void {
    this.forget();
    this.time = null;
    this.interval = null;
  }

  /** Where the series stands. */
  snapshot(): ForecastSnapshot {
    return {
      values: [...this.values],
      time: this.time,
      interval: this.interval,
      covariates: structuredClone(this.covariates),
      model_sha256: this.model.manifest.model.sha256,
    };
  }

  /**
   * Goes on from a snapshot.
   *
   * @throws InputError it is another model's, or no snapshot at all. The session is then as before.
   */
  async restore(snapshot: ForecastSnapshot): Promise<void> {
    const digest = this.model.manifest.model.sha256;
    if ((snapshot.model_sha256 ?? digest) !== digest || !Array.isArray(snapshot.values)) {
      throw new InputError("the snapshot is of another model: it is of no use to any but the one that made it");
    }
    const covariates = mapped(this.covariates, (_, name) => snapshot.covariates?.[name] ?? []);
    const fit = Object.values(covariates).every((one) => one.length === snapshot.values.length);
    if (!snapshot.values.every(Number.isFinite) || !fit) {
      throw new InputError("not a snapshot of a forecasting session");
    }
    this.values = [...snapshot.values];
    this.covariates = covariates;
    this.time = snapshot.time ?? null;
    this.interval = snapshot.interval ?? null;
    this.last = this.values.length ? await this.forecast({}) : null;
  }

  /** A session of its own that goes on from the same history. */
  fork(): ForecastSession {
    const other = new ForecastSession(this.model);
    other.values = this.values;
    other.covariates = this.covariates;
    other.time = this.time;
    other.interval = this.interval;
    other.last = this.last;
    return other;
  }

  private forecast(ahead: Beside): Promise<Forecast> {
    const names = Object.keys(this.covariates);
    const covariates = names.length ? mapped(this.covariates, (past, name) => [...past, ...(ahead[name] ?? [])]) : null;
    return this.model.forecast(this.values, { coverage: COVERAGE, covariates });
  }

  /** This step's covariates; with those ahead where it is known. */
  private besideOf(given: Readonly<Record<string, number | Series>>): Beside {
    const names = Object.keys(this.covariates);
    const unlike = [...Object.keys(given).filter((name) => !names.includes(name)), ...names.filter((name) => !(name in given))];
    if (unlike.length) {
      throw new InputError(`covariate '${unlike.sort()[0]}': give ${names.join(", ") || "none"} at each step`);
    }
    return Object.fromEntries(
      this.model.task.covariates.map(({ name, known }) => {
        const one = given[name]!;
        const values = asNumbers(typeof one === "number" ? [one] : one);
        if (!known && values.length !== 1) {
          throw new InputError(`covariate '${name}': one number a step: it is not known ahead`);
        }
        return [name, values];
      }),
    );
  }

  private append(values: readonly number[], beside: Beside): void {
    const kept = this.model.task.context;
    this.values = [...this.values, ...values].slice(-kept);
    this.covariates = mapped(this.covariates, (past, name) => [...past, ...beside[name]!].slice(-kept));
  }

  private forget(): void {
    this.values = [];
    this.last = null;
    this.covariates = this.none();
  }

  private none(): Beside {
    return Object.fromEntries(this.model.task.covariates.map((one) => [one.name, []]));
  }

  private score(value: number): number {
    if (!this.last) return 0;
    const middle = this.last.mean[0]!;
    const end = value >= middle ? this.last.upper[0]! : this.last.lower[0]!;
    const spread = Math.max(Math.abs(end - middle) / DEVIATIONS, LEAST_SPREAD * Math.max(1, Math.abs(middle)));
    return Math.abs(value - middle) / spread;
  }

  private async followClock(now: number | null, interval: number | null, flags: string[]): Promise<void> {
    if (now === null || !Number.isFinite(now)) return;
    const last = this.time;
    this.interval = interval || this.interval;
    if (last !== null) {
      if (now <= last) flags.push(CLOCK_BACK);
      else if (this.interval === null) this.interval = now - last;
      else await this.bridge(roundedHalfEven((now - last) / this.interval) - 1, flags);
    }
    this.time = now;
  }

  /** Puts the forecast into a gap of so many values; one longer than the forecast makes the past worthless. */
  private async bridge(missing: number, flags: string[]): Promise<void> {
    if (missing < 1 || !this.last) return;
    if (missing > this.last.mean.length) {
      flags.push(LONG_GAP);
      this.forget();
      return;
    }
    flags.push(GAP);
    const nothing = Array<number>(missing).fill(NaN);
    this.append(Array.from(this.last.mean.subarray(0, missing)), mapped(this.covariates, () => nothing));
    this.last = await this.forecast({});
  }
}

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "number") throw new InputError(`expected a number, found ${JSON.stringify(value)}`);
  return value;
}

/** As Python's `round`. */
function roundedHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 ? floor + 1 : floor;
}

function mapped<A, B>(items: Readonly<Record<string, A>>, change: (item: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, change(item, name)]));
}
