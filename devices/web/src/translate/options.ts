import { checkSettings, MOST_BEAMS, MOST_TOKENS, settingsAs } from "../decode/settings.js";
import type { TranslateSettings } from "../settings.js";

/** Settings of a translation; see `TranslateSettings`. */
export type TranslationOptions = Required<TranslateSettings>;

const DEFAULTS: TranslationOptions = {
  beams: 4,
  nBest: 1,
  lengthPenalty: 0.6,
  coveragePenalty: 0,
  maxTokens: 500,
  maxRatio: 2,
  maxSeconds: null,
  alignment: false,
};

/**
 * The options that settings make.
 *
 * @throws InputError a setting is unknown or out of its range.
 */
export function translationOptions(settings: TranslateSettings): TranslationOptions {
  return checkSettings(
    settingsAs(settings, DEFAULTS, ["stream"]),
    { beams: [1, MOST_BEAMS], nBest: [1, MOST_BEAMS], maxTokens: [1, MOST_TOKENS] },
    { lengthPenalty: [0, 10], coveragePenalty: [0, 10], maxRatio: [0.1, 1000] },
  );
}
