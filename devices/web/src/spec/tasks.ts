import { isAlnum } from "../text/python.js";
import {
  flag,
  list,
  needed,
  object,
  type Of,
  oneOf,
  orNull,
  real,
  type Schema,
  text,
  whole,
  withDefault,
} from "./schema.js";

const level = oneOf("blank", "word", "bpe", "char");
/** Of the rules for pictures. */
const PICTURE_RULES = 1;
const MOST_SIDE = 4096;

const classify = object({
  name: needed(oneOf("classify")),
  text: needed(object({ tokenizer: needed(text), input: needed(text), max_chars: needed(whole) })),
  labels: needed(text),
  output: needed(text),
  positive_label: withDefault(orNull(text), null),
});

const forecast = object({
  name: needed(oneOf("forecast")),
  frequency: needed(text),
  periods: needed(list(whole)),
  horizon: needed(whole),
  window: needed(whole),
  context: needed(whole),
  transform: needed(oneOf("log", "linear")),
  quantiles: needed(list(real)),
  columns: needed(list(text)),
  covariates: needed(
    list(object({ name: needed(text), known: needed(flag), mean: needed(real), scale: needed(real) })),
  ),
  window_input: needed(text),
  context_input: needed(text),
  output: needed(text),
});

const lm = object({
  name: needed(oneOf("lm")),
  tokenizer: needed(text),
  input: needed(text),
  output: needed(text),
  level: needed(level),
  end: needed(whole),
  unknown: needed(whole),
  max_prompt: withDefault(whole, 2000),
});

const words = object({
  input: needed(text),
  list: needed(text),
  lower: needed(flag),
  zero_digits: needed(flag),
});
const characters = object({ input: needed(text), list: needed(text), width: needed(whole) });
const column = object({
  name: needed(text),
  output: needed(text),
  labels: needed(text),
  kind: needed(oneOf("crf", "one", "several")),
  scheme: needed(oneOf("iob1", "iob2", "iobes", "none")),
  crf: withDefault(text, ""),
});

const tag = object({
  name: needed(oneOf("tag")),
  words: needed(words),
  characters: needed(orNull(characters)),
  shapes: needed(text),
  columns: needed(list(column)),
  max_words: needed(whole),
  overlap: needed(whole),
  clitics: withDefault(list(text), []),
  abbreviations: withDefault(text, ""),
});

const translate = object({
  name: needed(oneOf("translate")),
  source_tokenizer: needed(text),
  target_tokenizer: needed(text),
  source_language: needed(text),
  target_language: needed(text),
  begin: needed(whole),
  end: needed(whole),
  pad: needed(whole),
  unknown: needed(whole),
  max_source: needed(whole),
  closing: withDefault(text, ""),
  target_closing: withDefault(text, ""),
  level: withDefault(level, "bpe"),
  source: withDefault(text, "source"),
  token: withDefault(text, "token"),
  logits: withDefault(text, "logits"),
  attention: withDefault(text, "attention"),
});

const picture = object({
  size: needed(whole),
  fit: withDefault(oneOf("stretch", "crop", "pad"), "crop"),
  keep: withDefault(real, 1),
  order: withDefault(oneOf("rgb", "bgr"), "rgb"),
  mean: withDefault(real, 127),
  scale: withDefault(real, 128),
  rules: withDefault(whole, PICTURE_RULES),
});

const caption = object({
  name: needed(oneOf("caption")),
  tokenizer: needed(text),
  language: needed(text),
  begin: needed(whole),
  end: needed(whole),
  pad: needed(whole),
  unknown: needed(whole),
  max_tokens: needed(whole),
  image: needed(picture),
  grid: needed(list(whole)),
  level: withDefault(level, "word"),
  picture: withDefault(text, "picture"),
  token: withDefault(text, "token"),
  logits: withDefault(text, "logits"),
  attention: withDefault(text, "attention"),
});

const bare = object({ name: withDefault(oneOf("model"), "model") });

/** What a token of a text is. */
export type Level = Of<typeof level>;
export type ClassifySpec = Of<typeof classify>;
export type ForecastSpec = Of<typeof forecast>;
export type CovariateSpec = ForecastSpec["covariates"][number];
export type LmSpec = Of<typeof lm>;
export type WordsSpec = Of<typeof words>;
export type CharactersSpec = Of<typeof characters>;
export type ColumnSpec = Of<typeof column>;
export type TagSpec = Of<typeof tag>;
export type TranslateSpec = Of<typeof translate>;
export type PictureSpec = Of<typeof picture>;
export type CaptionSpec = Of<typeof caption>;
export type BareSpec = Of<typeof bare>;
/** A task's declaration, with its defaults. */
export type TaskSpec = ClassifySpec | ForecastSpec | LmSpec | TagSpec | TranslateSpec | CaptionSpec | BareSpec;
export type TaskName = TaskSpec["name"];

export const TASK_SCHEMAS: Readonly<Record<TaskName, Schema<TaskSpec>>> = {
  classify,
  forecast,
  lm,
  tag,
  translate,
  caption,
  model: bare,
};

/** Names of the assets that the bundle must hold. */
export function assetsOf(task: TaskSpec): string[] {
  switch (task.name) {
    case "classify":
      return [task.text.tokenizer, task.labels];
    case "lm":
    case "caption":
      return [task.tokenizer];
    case "translate":
      return [...new Set([task.source_tokenizer, task.target_tokenizer])];
    case "tag":
      return [
        ...task.columns.flatMap((one) => [one.labels, one.crf]),
        task.words.list,
        task.abbreviations,
        task.characters?.list ?? "",
      ].filter(Boolean);
    default:
      return [];
  }
}

/** What cannot be right, one sentence each. */
export function faultsOf(task: TaskSpec): string[] {
  if (task.name === "tag") return tagFaults(task);
  if (task.name === "translate") {
    return [
      ...pairFaults(task, [task.source, task.token, task.logits, task.attention], "source"),
      ...least("task.max_source", task.max_source),
      ...closingFaults(task),
    ];
  }
  if (task.name === "caption") {
    return [
      ...pairFaults(task, [task.picture, task.token, task.logits, task.attention], "picture"),
      ...least("task.max_tokens", task.max_tokens),
      ...(task.grid.length !== 2 || Math.min(...task.grid) < 1 ? ["task.grid: expected two numbers, rows and columns, of 1 or more"] : []),
      ...pictureFaults(task.image).map((fault) => `task.${fault}`),
    ];
  }
  return [];
}

function closingFaults(task: TranslateSpec): string[] {
  const wrong = [task.closing, task.target_closing].some((one) => Array.from(one).length > 1 || isAlnum(one));
  return wrong ? ["task: closing and target_closing: expected one punctuation mark each, or none"] : [];
}

function least(name: string, value: number): string[] {
  return value < 1 ? [`${name}: expected 1 or more`] : [];
}

function pairFaults(task: TranslateSpec | CaptionSpec, names: string[], first: string): string[] {
  const ids = [task.begin, task.end, task.pad, task.unknown];
  const faults: string[] = [];
  if (Math.min(...ids) < 0 || new Set(ids).size < ids.length) {
    faults.push("task: begin, end, pad and unknown: expected four different ids, 0 or more");
  }
  if (new Set(names).size < names.length) {
    faults.push(`task: ${first}, token, logits and attention: expected different names`);
  }
  return faults;
}

function tagFaults(task: TagSpec): string[] {
  const names = task.columns.map((one) => one.name);
  const faults: string[] = [];
  if (!names.length || new Set(names).size < names.length) {
    faults.push("task.columns: one or more are needed, each name once");
  }
  for (const one of task.columns) {
    if ((one.kind === "crf") !== Boolean(one.crf)) {
      faults.push(`task.columns: '${one.name}': a crf is an asset of columns of that kind, and of no others`);
    }
  }
  if (!(task.overlap >= 0 && 2 * task.overlap < task.max_words)) {
    faults.push("task.overlap: expected 0 or more, and less than half of max_words");
  }
  if (task.characters && task.characters.width < 2) faults.push("task.characters.width: expected 2 or more");
  return faults;
}

function pictureFaults(spec: PictureSpec): string[] {
  const faults: string[] = [];
  if (!(spec.size >= 1 && spec.size <= MOST_SIDE)) faults.push(`picture.size: expected 1 to ${MOST_SIDE}, found ${spec.size}`);
  if (!(spec.keep > 0 && spec.keep <= 1)) faults.push(`picture.keep: expected more than 0, to 1, found ${spec.keep}`);
  if (!(spec.mean >= 0 && spec.mean <= 255)) faults.push(`picture.mean: expected 0 to 255, found ${spec.mean}`);
  if (!(spec.scale > 0 && spec.scale < Infinity)) faults.push(`picture.scale: expected more than 0, found ${spec.scale}`);
  if (!(spec.rules >= 1 && spec.rules <= PICTURE_RULES)) {
    faults.push(`picture.rules: this version knows rules up to ${PICTURE_RULES}, found ${spec.rules}: update @edgernn/runtime`);
  }
  return faults;
}
