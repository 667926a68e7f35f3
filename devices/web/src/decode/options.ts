import { InputError } from "../errors.js";
import type { GenerateSettings } from "../settings.js";
import { isSeconds, MOST_BEAMS, MOST_TOKENS, settingsAs, within } from "./settings.js";

/** How to choose the next token, and when to end; see `GenerateSettings`. */
export interface DecodeOptions {
  readonly maxTokens: number;
  readonly maxSeconds: number | null;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly beams: number;
  readonly lengthPenalty: number;
  readonly stop: readonly string[];
  readonly seed: bigint | null;
}

const DEFAULTS: Omit<DecodeOptions, "stop" | "seed"> & Pick<GenerateSettings, "stop" | "seed"> = {
  maxTokens: 50,
  maxSeconds: null,
  temperature: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0,
  repetitionPenalty: 1,
  beams: 1,
  lengthPenalty: 1,
  stop: [],
  seed: null,
};

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  maxTokens: [0, MOST_TOKENS],
  temperature: [0, 100],
  topK: [0, 1e9],
  topP: [0, 1],
  minP: [0, 1],
  repetitionPenalty: [0.01, 100],
  beams: [1, MOST_BEAMS],
  lengthPenalty: [-10, 10],
};

/**
 * The options that settings make.
 *
 * @throws InputError a setting is unknown, or out of its range; all are named.
 */
export function decodeOptions(settings: GenerateSettings): DecodeOptions {
  const found = settingsAs(settings, DEFAULTS, ["signal", "stream"]);
  const values = found as unknown as Readonly<Record<string, unknown>>;
  const stop = typeof found.stop === "string" ? [found.stop] : (found.stop ?? []);
  const faults = Object.entries(RANGES)
    .filter(([name, range]) => !within(values[name], range))
    .map(([name, [low, high]]) => `${name} must lie between ${low} and ${high}, not ${values[name]}`);
  for (const name of ["maxTokens", "topK", "beams"]) {
    if (!Number.isInteger(values[name])) faults.push(`${name} must be a whole number, not ${values[name]}`);
  }
  if (found.maxSeconds !== null && !isSeconds(found.maxSeconds)) {
    faults.push(`maxSeconds must be 0 or more, not ${found.maxSeconds}`);
  }
  if (!Array.isArray(stop) || !stop.every((text: unknown) => typeof text === "string" && text)) {
    faults.push("stop must be a list of texts, none of them empty");
  }
  const seed = seedOf(found.seed, faults);
  if (faults.length) throw new InputError(faults.join("; "));
  return { ...found, stop, seed };
}

function seedOf(seed: number | bigint | null | undefined, faults: string[]): bigint | null {
  if (seed === null || seed === undefined) return null;
  const whole = typeof seed === "bigint" || Number.isSafeInteger(seed);
  if (whole && seed >= 0) return BigInt(seed);
  faults.push(`seed must be a whole number, 0 or more (a bigint beyond 2 to the 53rd), not ${seed}`);
  return null;
}
