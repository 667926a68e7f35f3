/** Settings of the tasks, with Python's names in camelCase. */

/** How text is generated; see Python's `DecodeOptions`. */
export interface GenerateSettings {
  /** Tokens to generate at most; default 50. */
  readonly maxTokens?: number;
  /** Seconds that it may take at most; default: no limit. */
  readonly maxSeconds?: number | null;
  /** Logits are divided by it; 0: always the most probable token; default 0.8. */
  readonly temperature?: number;
  /** Only the k most probable tokens; 0: all; default 40. */
  readonly topK?: number;
  /** Only the smallest set of the most probable tokens whose probabilities add up to p; default 0.95. */
  readonly topP?: number;
  /** Only tokens with at least so many times the greatest probability; default 0: all. */
  readonly minP?: number;
  /** Default 1: none. */
  readonly repetitionPenalty?: number;
  /** Hypotheses of a beam search; default 1: none. */
  readonly beams?: number;
  /** A hypothesis' log-probability is divided by its length to this power; default 1. */
  readonly lengthPenalty?: number;
  /** Texts before which generation ends. */
  readonly stop?: string | readonly string[];
  /** Of the draws: the same seed gives the same text as in Python. Default: another one each time. */
  readonly seed?: number | bigint | null;
  /** Ends the generation between two tokens. */
  readonly signal?: AbortSignal;
}

/** How to translate; see Python's `TranslationOptions`. */
export interface TranslateSettings {
  /** Default 4; 1: always the likeliest token. */
  readonly beams?: number;
  /** Translations to give; default 1. */
  readonly nBest?: number;
  /** Default 0.6; above 0: longer translations. */
  readonly lengthPenalty?: number;
  /** Default 0; above 0: nothing of the source left out. */
  readonly coveragePenalty?: number;
  /** Of a sentence's translation; default 500. */
  readonly maxTokens?: number;
  /** A sentence's translation may have so many times the source's tokens, and ten more; default 2. */
  readonly maxRatio?: number;
  /** That a sentence may take. */
  readonly maxSeconds?: number | null;
  /** Whether to tell which words of the source each word came from. */
  readonly alignment?: boolean;
}

/** How to caption; see Python's `CaptionOptions`. */
export interface CaptionSettings {
  /** Default 3. */
  readonly beams?: number;
  /** Captions to give; default 1. */
  readonly nBest?: number;
  /** Default 2. */
  readonly lengthPenalty?: number;
  /** Default: as many as the bundle says. */
  readonly maxTokens?: number | null;
  readonly maxSeconds?: number | null;
  /** Whether to tell where each word looked. */
  readonly attention?: boolean;
}

/** How to forecast. */
export interface ForecastSettings {
  /** Steps ahead, by default and at most the bundle's. */
  readonly horizon?: number | null;
  /** Of the range: one that the bundle's quantiles give; default 0.8. */
  readonly coverage?: number;
  /** For a bundle that has them: other variables by name, numbers of the history and, if known ahead, of the steps ahead. */
  readonly covariates?: Covariates | readonly Covariates[] | null;
}

/** Numbers by name; null or NaN where one is missing. */
export type Covariates = Readonly<Record<string, Series>>;
/** Numbers, the oldest first; null or NaN where one is missing. */
export type Series = readonly (number | null)[] | Float64Array | Float32Array;
