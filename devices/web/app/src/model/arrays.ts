/** Arrays out of typed numbers. */

import type { PlainArray, TensorFacts } from "../engine/protocol";

/**
 * The numbers in a text as the array that a tensor takes: an axis without a size gets what is left for it.
 *
 * Throws an Error that says what to mend.
 */
export function toArray(tensor: TensorFacts, text: string): PlainArray {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const values = words.map(Number);
  const bad = words.find((_, place) => !Number.isFinite(values[place]));
  if (bad !== undefined) throw new Error(`${tensor.name}: "${bad}" is no number.`);
  if (tensor.dtype.startsWith("int") && values.some((value) => !Number.isInteger(value))) {
    throw new Error(`${tensor.name} takes whole numbers.`);
  }
  return { shape: shapeFor(tensor, values.length), values };
}

function shapeFor(tensor: TensorFacts, count: number): number[] {
  const open = tensor.shape.filter((one) => one === null).length;
  const fixed = tensor.shape.reduce<number>((product, one) => product * (one ?? 1), 1);
  if (!open) {
    if (count !== fixed) throw new Error(`${tensor.name} takes ${fixed} numbers; there are ${count}.`);
    return tensor.shape as number[];
  }
  if (open > 1) throw new Error(`${tensor.name} has ${open} axes of any length: use the command line or Python for it.`);
  if (!count || count % fixed) {
    const each = fixed === 1 ? "at least one number" : `a multiple of ${fixed} numbers, ${fixed} a step`;
    throw new Error(`${tensor.name} takes ${each}; there are ${count}.`);
  }
  return tensor.shape.map((one) => one ?? count / fixed);
}
