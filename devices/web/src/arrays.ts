import { InputError } from "./errors.js";
import type { StateSpec, TensorSpec } from "./spec/tensors.js";
import type { DType, Nested, Tensor, TensorData, TensorLike } from "./tensor.js";

/** Names that Keras makes up for inputs that were given none. They change when a model is saved and loaded. */
const MADE_UP = /^(keras_tensor|input_layer|input)(_\d+)?$/;
const LEAST_INT32 = -(2 ** 31);
const MOST_INT32 = 2 ** 31 - 1;

type Shaped = Pick<TensorSpec, "name" | "dtype" | "shape">;

/** An array of zeros. */
export function zeros(dtype: DType, shape: readonly number[]): Tensor {
  return { dtype, shape, data: emptyData(dtype, sizeOf(shape)) };
}

/** Zeros for every state, of so many rows. */
export function zeroStates(states: readonly StateSpec[], rows?: number): Record<string, Tensor> {
  return Object.fromEntries(
    states.map((one) => [one.name, zeros(one.dtype, rows === undefined ? one.shape : [rows, ...one.shape.slice(1)])]),
  );
}

export function int32(shape: readonly number[], values: ArrayLike<number>): Tensor {
  return { dtype: "int32", shape, data: Int32Array.from(values) };
}

export function float32(shape: readonly number[], values: ArrayLike<number>): Tensor {
  return { dtype: "float32", shape, data: Float32Array.from(values) };
}

/** The values of a float32 tensor. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new InputError("expected a float32 output");
  return tensor.data;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function emptyData(dtype: DType, size: number): TensorData {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "int64":
      return new BigInt64Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** Part of an array along an axis: [start, stop). */
export function sliced(tensor: Tensor, axis: number, start: number, stop: number): Tensor {
  const { shape, data } = tensor;
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const length = shape[axis]!;
  const found = emptyData(tensor.dtype, outer * (stop - start) * inner);
  for (let row = 0; row < outer; row++) {
    const from = (row * length + start) * inner;
    set(found, data, row * (stop - start) * inner, from, from + (stop - start) * inner);
  }
  return { dtype: tensor.dtype, shape: shape.map((size, at) => (at === axis ? stop - start : size)), data: found };
}

/** Arrays one behind the other along an axis. */
export function concatenated(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const inner = sizeOf(first.shape.slice(axis + 1));
  const outer = sizeOf(first.shape.slice(0, axis));
  const length = parts.reduce((sum, one) => sum + one.shape[axis]!, 0);
  const data = emptyData(first.dtype, outer * length * inner);
  let done = 0;
  for (const part of parts) {
    const size = part.shape[axis]! * inner;
    for (let row = 0; row < outer; row++) {
      set(data, part.data, (row * length + done) * inner, row * size, (row + 1) * size);
    }
    done += part.shape[axis]!;
  }
  return { dtype: first.dtype, shape: first.shape.map((size, at) => (at === axis ? length : size)), data };
}

/** Arrays of equal shape on a new axis. */
export function stacked(parts: readonly Tensor[], axis: number): Tensor {
  const widened = parts.map((one) => ({ ...one, shape: [...one.shape.slice(0, axis), 1, ...one.shape.slice(axis)] }));
  return concatenated(widened, axis);
}

/** The array with zeros behind, up to a length of an axis; of a longer one the beginning. */
export function padded(tensor: Tensor, axis: number, length: number): Tensor {
  const here = tensor.shape[axis]!;
  if (here >= length) return here === length ? tensor : sliced(tensor, axis, 0, length);
  const shape = tensor.shape.map((size, at) => (at === axis ? length - here : size));
  return concatenated([tensor, zeros(tensor.dtype, shape)], axis);
}

/** Rows of an array by their numbers. */
export function picked(tensor: Tensor, rows: readonly number[]): Tensor {
  const size = sizeOf(tensor.shape.slice(1));
  const data = emptyData(tensor.dtype, rows.length * size);
  rows.forEach((row, place) => set(data, tensor.data, place * size, row * size, (row + 1) * size));
  return { dtype: tensor.dtype, shape: [rows.length, ...tensor.shape.slice(1)], data };
}

function set(target: TensorData, source: TensorData, at: number, from: number, to: number): void {
  // One type: both are of the same dtype.
  (target as Float32Array).set((source as Float32Array).subarray(from, to), at);
}

/**
 * Turns what the caller passed into arrays of the declared dtypes.
 *
 * @throws InputError naming every fault at once.
 */
export function checkInputs(
  given: Readonly<Record<string, TensorLike>>,
  specs: readonly Shaped[],
): Record<string, Tensor> {
  const names = specs.map((one) => one.name);
  const inputs = namedByOrder(given, names);
  const faults = Object.keys(inputs)
    .filter((name) => !names.includes(name))
    .map((name) => `unknown input '${name}'`);
  const arrays: Record<string, Tensor> = {};
  for (const spec of specs) {
    if (!Object.hasOwn(inputs, spec.name)) {
      faults.push(`input '${spec.name}' is missing`);
      continue;
    }
    const array = asTensor(inputs[spec.name]!, spec, faults);
    if (array) arrays[spec.name] = array;
  }
  if (faults.length) {
    const wanted = specs.map((one) => `${one.name} ${one.dtype}${shapeText(one.shape)}`).join(", ");
    throw new InputError(`${faults.join("; ")} (this bundle takes ${wanted})`);
  }
  return arrays;
}

/** Gives arrays under made-up names the made-up names that are left, in order, where there are as many. */
function namedByOrder(inputs: Readonly<Record<string, TensorLike>>, names: string[]) {
  const strange = Object.keys(inputs).filter((name) => !names.includes(name));
  const left = names.filter((name) => !Object.hasOwn(inputs, name));
  const madeUp = [...strange, ...left].every((name) => MADE_UP.test(name));
  if (!strange.length || strange.length !== left.length || !madeUp) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const place = strange.indexOf(name);
      return [place < 0 ? name : left[place]!, value];
    }),
  );
}

function asTensor(value: TensorLike, spec: Shaped, faults: string[]): Tensor | null {
  const raw = readRaw(value);
  if (!raw) {
    faults.push(`input '${spec.name}' is no array: its rows are of different lengths, or hold what is no number`);
    return null;
  }
  if (!fits(raw.shape, spec.shape)) {
    faults.push(
      `input '${spec.name}' has shape ${shapeText(raw.shape)}, expected ${shapeText(spec.shape)}`,
    );
    return null;
  }
  return converted(raw, spec, faults);
}

/** Numbers of any kind, flat, and their shape. */
export interface Raw {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number | bigint>;
  readonly kind: "float" | "int" | "bool";
}

/** Reads what callers pass for an array; null where it is none. */
export function readRaw(value: TensorLike): Raw | null {
  if (isTensor(value)) {
    if (sizeOf(value.shape) !== value.data.length) return null;
    const kind = value.dtype === "float32" ? "float" : value.dtype === "bool" ? "bool" : "int";
    return { shape: value.shape, data: value.data, kind };
  }
  if (ArrayBuffer.isView(value)) {
    const kind = value instanceof Float32Array || value instanceof Float64Array ? "float" : "int";
    return { shape: [value.length], data: value, kind };
  }
  const data: (number | bigint)[] = [];
  const shape: number[] = [];
  for (let inner: Nested = value; Array.isArray(inner); inner = (inner as readonly Nested[])[0] ?? 0) {
    shape.push(inner.length);
    if (!inner.length) break;
  }
  if (!flatten(value, shape, 0, data)) return null;
  const whole = data.every((one) => typeof one === "bigint" || Number.isInteger(one));
  return { shape, data, kind: whole && data.length ? "int" : "float" };
}

function flatten(value: Nested | bigint, shape: readonly number[], depth: number, data: (number | bigint)[]): boolean {
  if (depth === shape.length) {
    if (typeof value === "boolean") data.push(value ? 1 : 0);
    else if (typeof value === "number" || typeof value === "bigint") data.push(value);
    else return false;
    return true;
  }
  if (!Array.isArray(value) || value.length !== shape[depth]) return false;
  return value.every((item: Nested) => flatten(item, shape, depth + 1, data));
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "dtype" in value && "shape" in value && "data" in value;
}

function converted(raw: Raw, spec: Shaped, faults: string[]): Tensor | null {
  const data = emptyData(spec.dtype, raw.data.length);
  const base = { dtype: spec.dtype, shape: raw.shape, data };
  if (spec.dtype === "float32") {
    for (let at = 0; at < data.length; at++) data[at] = Number(raw.data[at]);
    return base;
  }
  const whole = raw.kind !== "float" || (raw.data.length > 0 && Array.from(raw.data).every((one) => Number.isInteger(one)));
  if (!whole && raw.data.length) {
    faults.push(`input '${spec.name}' has dtype float64, expected ${spec.dtype}`);
    return null;
  }
  for (let at = 0; at < data.length; at++) {
    const one = raw.data[at]!;
    if (spec.dtype === "int32" && (one < LEAST_INT32 || one > MOST_INT32)) {
      faults.push(`input '${spec.name}' holds whole numbers beyond int32`);
      return null;
    }
    data[at] = (spec.dtype === "int64" ? BigInt(one) : Number(one)) as never;
  }
  return base;
}

function fits(shape: readonly number[], expected: readonly (number | null)[]): boolean {
  return shape.length === expected.length && expected.every((size, at) => size === null || size === shape[at]);
}

export function shapeText(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => (size === null ? "any" : String(size))).join(", ")}]`;
}
