import { emptyData, sizeOf } from "./arrays.js";
import { BundleError } from "./errors.js";
import { type RandomTensor, randomValues } from "./random-tensor.js";
import { isObject } from "./spec/schema.js";
import type { DType, Tensor } from "./tensor.js";

/** Some of an output's values: those at 0, stride, 2 * stride, ... in row-major order. */
export interface Sample {
  readonly shape: readonly number[];
  readonly stride: number;
  readonly values: ArrayLike<number>;
}

/** One input and its outputs, as the workstation computed them. */
export interface GoldenVector {
  /** What the inputs were made from. */
  readonly text: string | null;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Sample>>;
  readonly states: Readonly<Record<string, Tensor>>;
}

interface Stored {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly stride?: number;
}

/**
 * Reads golden vectors.
 *
 * @throws BundleError not such a document.
 */
export function goldenVectors(text: string): GoldenVector[] {
  try {
    const document = JSON.parse(text) as Record<string, Record<string, Stored | RandomTensor>>[];
    return document.map((item) => ({
      text: item["text"] as unknown as string | null,
      inputs: tensors(item["inputs"]),
      states: tensors(item["states"]),
      outputs: mapped(item["outputs"], (one) => {
        const { dtype, shape, stride = 1, data } = one as Stored;
        return { shape, stride, values: dtype === "float32" ? Float32Array.from(data) : data };
      }),
    }));
  } catch (error) {
    throw new BundleError(`golden vectors cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** The greatest absolute difference; infinite where the shapes differ, NaN where a value is none. */
export function difference(sample: Sample, found: Tensor | undefined): number {
  if (!found || String(found.shape) !== String(sample.shape)) return Infinity;
  let most = 0;
  for (let at = 0; at < sample.values.length; at++) {
    const one = Math.abs(Number(found.data[at * sample.stride]) - sample.values[at]!);
    if (!(one <= most)) most = one;
    if (Number.isNaN(most)) break;
  }
  return most;
}

/** The greatest absolute value in any output; 1 where all are zero. */
export function outputScale(vectors: readonly GoldenVector[]): number {
  let most = 0;
  for (const vector of vectors) {
    for (const sample of Object.values(vector.outputs)) {
      for (let at = 0; at < sample.values.length; at++) most = Math.max(most, Math.abs(sample.values[at]!));
    }
  }
  return most || 1;
}

function tensors(items: Record<string, Stored | RandomTensor> | undefined): Record<string, Tensor> {
  return mapped(items, (item) => ("random" in item ? randomValues(item) : stored(item)));
}

function stored({ dtype, shape, data }: Stored): Tensor {
  if (sizeOf(shape) !== data.length) throw new Error(`${data.length} values for the shape ${shape}`);
  const found = emptyData(dtype, data.length);
  data.forEach((value, at) => {
    found[at] = (dtype === "int64" ? BigInt(value) : value) as never;
  });
  return { dtype, shape, data: found };
}

function mapped<A, B>(items: Record<string, A> | undefined, change: (item: A) => B): Record<string, B> {
  if (!isObject(items)) throw new Error("expected an object");
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [name, change(item)]));
}
