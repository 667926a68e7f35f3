/** What the page and the worker say to each other. Everything in it can be cloned. */

export type TaskName = "classify" | "forecast" | "lm" | "tag" | "translate" | "caption" | "model";

/** A tensor as the bundle declares it; `null` is any length. */
export interface TensorFacts {
  name: string;
  dtype: string;
  shape: (number | null)[];
}

/** What the page shows of a bundle, and what its task's page needs. */
export interface BundleFacts {
  name: string;
  task: TaskName;
  bytes: number;
  sha256: string;
  loadMs: number;
  /** Addresses of the files that the engine has loaded. */
  engineFiles: string[];
  inputs: TensorFacts[];
  /** Name and value, in the order in which they are shown. */
  rows: [string, string][];
  /** The task's declaration, as it stands in the manifest. */
  spec: Record<string, unknown>;
}

export interface SelftestFacts {
  passed: boolean;
  vectors: number;
  maxError: number;
  tolerance: number;
  failures: string[];
}

export interface Category {
  label: string;
  score: number;
}

export interface Suggestion {
  text: string;
  score: number;
  completes: boolean;
}

export interface Entity {
  text: string;
  label: string;
  start: number;
  end: number;
  score: number;
}

export interface TaggedToken {
  text: string;
  start: number;
  end: number;
  labels: Record<string, string>;
  scores: Record<string, number>;
}

export interface TaggedText {
  text: string;
  tokens: TaggedToken[];
  entities: Entity[];
  spans: Record<string, Entity[]>;
}

export interface ScoredText {
  text: string;
  score: number;
}

export interface ForecastAnswer {
  mean: number[];
  lower: number[];
  upper: number[];
  coverage: number;
  flags: string[];
}

/** An array as the page reads and shows it: its values in row-major order. */
export interface PlainArray {
  shape: number[];
  values: number[];
}

export interface GenerateSettings {
  maxTokens: number;
  temperature: number;
  topK: number;
  topP: number;
  seed: number | null;
}

/** By method: what it takes, and what it gives. */
export interface Methods {
  open: [{ name: string; bytes: ArrayBuffer }, BundleFacts];
  selftest: [null, SelftestFacts];
  classify: [{ text: string }, Category[]];
  nextTokens: [{ text: string; k: number }, Suggestion[]];
  generate: [{ prompt: string; settings: GenerateSettings }, string];
  tag: [{ text: string }, TaggedText];
  translate: [{ text: string; beams: number; nBest: number }, ScoredText[]];
  forecast: [{ history: number[]; horizon: number; coverage: number }, ForecastAnswer];
  caption: [{ picture: Blob; beams: number; nBest: number }, ScoredText[]];
  run: [{ inputs: Record<string, PlainArray> }, Record<string, PlainArray>];
}

export type Method = keyof Methods;

export type Request = { [M in Method]: { id: number; method: M; args: Methods[M][0] } }[Method] | { cancel: number };

export type Reply =
  | { id: number; kind: "value"; value: unknown; ms: number; memory: number | null }
  | { id: number; kind: "part"; part: string }
  | { id: number; kind: "error"; message: string; expected: boolean };
