import type { Bundle } from "./bundle/reader.js";
import { BundleError } from "./errors.js";

/**
 * One label a line.
 *
 * @throws BundleError empty, repeated or not UTF-8.
 */
export function readLabels(bundle: Bundle, name: string): string[] {
  let text: string;
  try {
    text = bundle.text(name);
  } catch {
    throw new BundleError(`${bundle.name}: its labels are not UTF-8`);
  }
  const labels = text.replace(/\n+$/, "").split("\n");
  if (labels.length < 2 || new Set(labels).size < labels.length || labels.includes("")) {
    throw new BundleError(`${bundle.name}: its labels must be two or more, each once, none empty`);
  }
  return labels;
}

/**
 * Checks that a model gives as many numbers as its task has things for.
 *
 * @param axes of the output.
 * @param count things that the task has, `noun` of them.
 */
export function checkOutput(bundle: Bundle, name: string, axes: number, count: number, noun: string): void {
  const found = bundle.manifest.outputs.find((one) => one.name === name && one.shape.length === axes);
  if (!found) {
    const middle = axes === 3 ? "time, " : "";
    throw new BundleError(`${bundle.name}: its model has no output '${name}' of shape [1, ${middle}${noun}]`);
  }
  const size = found.shape.at(-1);
  if (size !== count) throw new BundleError(`${bundle.name}: ${count} ${noun} for ${size} outputs`);
}
