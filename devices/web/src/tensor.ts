/** NumPy's names of the element types that bundles have. */
export type DType = "float32" | "int32" | "int64" | "bool";

/** Values of a tensor, in row-major order. */
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** An array: what engines take and give. */
export interface Tensor {
  readonly dtype: DType;
  /** Sizes, the batch axis first. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** Nested lists of numbers. */
export type Nested = number | boolean | readonly Nested[];

/** What callers may pass for an array: a tensor, nested lists, a number, or a flat typed array (of one axis). */
export type TensorLike = Tensor | Nested | Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;
