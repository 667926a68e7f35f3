/** What the tasks answer. Offsets slice strings as JavaScript does: in UTF-16 units. */

/** A label and its probability, 0 to 1. */
export interface Category {
  readonly label: string;
  readonly score: number;
}

/** What comes next in a series. */
export interface Forecast {
  /** [horizon], the middle of the forecast (the median). */
  readonly mean: Float64Array;
  /** [horizon], the range's lower end. */
  readonly lower: Float64Array;
  /** [horizon], the range's upper end. */
  readonly upper: Float64Array;
  /** Part of the outcomes that the range should hold, 0 to 1. */
  readonly coverage: number;
  /** What was wrong with the history and how it was mended, one sentence each. */
  readonly flags: readonly string[];
}

/** The answer to one value of a stream. */
export interface StepForecast {
  /** From the history with this value. */
  readonly forecast: Forecast;
  /** How far the value lay from what was forecast, in standard deviations of the forecast's range (6: an anomaly). */
  readonly score: number;
  /** What was wrong with the value or its time, and with the history. */
  readonly flags: readonly string[];
}

/** A word that may come. */
export interface Suggestion {
  /** The whole word, what has been typed of it included. */
  readonly text: string;
  /** Its probability, 0 to 1. */
  readonly score: number;
  /** Whether it goes on the word that is being typed; otherwise it follows it. */
  readonly completes: boolean;
}

/** A label, or the labels (maybe none) of a word that can have several. */
export type Label = string | readonly string[];
/** Probabilities in the same form. */
export type LabelScore = number | readonly number[];

/** A word and its labels. */
export interface Token {
  readonly text: string;
  /** Of the column that gives the entities, otherwise of the first one; several are joined by "|". */
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** Probability of `label`; of several labels that of the least sure decision. */
  readonly score: number;
  /** By column. */
  readonly labels: Readonly<Record<string, Label>>;
  readonly scores: Readonly<Record<string, LabelScore>>;
}

/** Words that belong together. */
export interface Entity {
  readonly text: string;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  /** Probability that these words, no more and no less, have this label. */
  readonly score: number;
}

/** A word of a translation and the word of the source that most attention was on when it was written. */
export interface Link {
  /** [start, end) of the source. */
  readonly source: readonly [number, number];
  /** [start, end) of the translation. */
  readonly target: readonly [number, number];
  /** 0 to 1. */
  readonly weight: number;
}

/** A text in the other language. */
export interface Translation {
  readonly text: string;
  /** Natural logarithm of its probability, made comparable between lengths; 0 where nothing was to be translated. */
  readonly score: number;
  /** A link for each word, where it was asked for. */
  readonly alignment: readonly Link[];
}

/** Where a word of a caption looked. */
export interface Look {
  readonly word: string;
  /** [start, end) of the caption. */
  readonly span: readonly [number, number];
  /** [rows * columns], row by row, over the square that the model sees. */
  readonly weights: Float32Array;
}

/** A sentence about a picture. */
export interface Caption {
  readonly text: string;
  readonly score: number;
  /** For each word, where it was asked for. */
  readonly attention: readonly Look[];
}

/** What the self-test found. */
export interface SelftestReport {
  readonly passed: boolean;
  readonly engine: string;
  /** Number of golden vectors. */
  readonly vectors: number;
  /** Greatest absolute difference, as a part of the outputs' scale. */
  readonly maxError: number;
  /** The greatest that is allowed. */
  readonly tolerance: number;
  /** One sentence a failed vector. */
  readonly failures: readonly string[];
}
