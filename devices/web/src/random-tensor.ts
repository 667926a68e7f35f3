import { emptyData, sizeOf } from "./arrays.js";
import type { DType, Tensor } from "./tensor.js";

const MAX_VALUES = 1 << 24;

/** A pseudo-random array by its seed, which any language makes alike; see `RandomTensor` in Python. */
export interface RandomTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly random: { readonly seed: number; readonly low: number; readonly high: number };
}

/**
 * The array.
 *
 * @throws RangeError the shape or the bounds make no sense.
 */
export function randomValues({ dtype, shape, random: { seed, low, high } }: RandomTensor): Tensor {
  const size = sizeOf(shape);
  if (!(size >= 0 && size <= MAX_VALUES) || shape.some((one) => one < 0) || !(low < high)) {
    throw new RangeError(`no random array of shape ${shape} from ${low} to ${high}`);
  }
  const data = emptyData(dtype, size);
  const span = high - low;
  for (let at = 0; at < size; at++) {
    const word = mixed((seed + Math.imul(at + 1, 0x9e3779b9)) >>> 0);
    if (dtype === "bool") data[at] = word & 1;
    else if (dtype === "float32") data[at] = low + (span * (word >>> 24)) / 256;
    else {
      const value = BigInt(low) + ((BigInt(word) * BigInt(span)) >> 32n);
      data[at] = (dtype === "int64" ? value : Number(value)) as never;
    }
  }
  return { dtype, shape, data };
}

function mixed(word: number): number {
  let x = word ^ (word >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
