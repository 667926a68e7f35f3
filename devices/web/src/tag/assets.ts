import type { Bundle } from "../bundle/reader.js";
import { BundleError } from "../errors.js";
import type { ColumnSpec, TagSpec } from "../spec/tasks.js";
import { isObject } from "../spec/schema.js";
import { Column } from "./column.js";
import { Crf } from "./crf.js";
import { Features } from "./features.js";

/** Everything that stands between words and labels, but the network. */
export interface TagAssets {
  readonly features: Features;
  readonly columns: readonly Column[];
  readonly abbreviations: ReadonlySet<string>;
}

/**
 * Reads and checks them.
 *
 * @throws BundleError one is not what it should be.
 */
export function readAssets(task: TagSpec, bundle: Bundle): TagAssets {
  const characters = task.characters ? bundle.text(task.characters.list) : "";
  return {
    features: new Features(task, lines(bundle, task.words.list), characters),
    columns: task.columns.map((spec) => column(spec, bundle)),
    abbreviations: new Set(task.abbreviations ? lines(bundle, task.abbreviations) : []),
  };
}

function column(spec: ColumnSpec, bundle: Bundle): Column {
  const labels = lines(bundle, spec.labels);
  if (labels.includes("") || new Set(labels).size < labels.length) {
    throw new BundleError(`${bundle.name}: ${spec.labels}: labels must be one or more, each once, none empty`);
  }
  return new Column(spec, labels, spec.crf ? readCrf(bundle, spec.crf, labels.length) : Crf.independent(labels.length));
}

function readCrf(bundle: Bundle, name: string, labels: number): Crf {
  let document: unknown;
  try {
    document = JSON.parse(bundle.text(name));
  } catch (error) {
    throw new BundleError(`${bundle.name}: ${name}: not the effects of labels on each other: ${error}`);
  }
  const { transitions, start, end } = isObject(document) ? document : {};
  const rows = Array.isArray(transitions) ? [...transitions, start, end] : [];
  if (rows.length !== labels + 2 || !rows.every((row) => isRow(row, labels))) {
    throw new BundleError(`${bundle.name}: ${name}: expected finite numbers for ${labels} labels`);
  }
  const made = (rows as number[][]).map((row) => Float64Array.from(row));
  return new Crf({ transitions: made.slice(0, labels), start: made[labels]!, end: made[labels + 1]! });
}

function isRow(row: unknown, length: number): boolean {
  return Array.isArray(row) && row.length === length && row.every(Number.isFinite);
}

function lines(bundle: Bundle, name: string): string[] {
  return bundle.text(name).replace(/\n$/, "").split("\n");
}
