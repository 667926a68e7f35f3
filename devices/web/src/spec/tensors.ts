import { flag, list, needed, object, type Of, oneOf, orNull, text, whole, withDefault } from "./schema.js";

const dtype = oneOf("float32", "int32", "int64", "bool");

export const tensorSchema = object({
  name: needed(text),
  dtype: needed(dtype),
  shape: needed(list(orNull(whole))),
});

const stateSchema = object({ name: needed(text), dtype: needed(dtype), shape: needed(list(whole)) });

const signatureSchema = object({
  name: needed(text),
  steps: needed(whole),
  inputs: needed(list(tensorSchema)),
  outputs: needed(list(tensorSchema)),
  weight_bytes: withDefault(whole, 0),
  read_bytes: withDefault(whole, 0),
  largest_weight: withDefault(whole, 0),
  part: withDefault(oneOf("", "encode", "step"), ""),
  rows: withDefault(whole, 1),
});

export const executionSchema = object({
  lowering: needed(text),
  mode: needed(oneOf("chunked", "whole", "dynamic", "encode_step")),
  signatures: needed(list(signatureSchema)),
  states: withDefault(list(stateSchema), []),
  sequence_inputs: withDefault(list(text), []),
  sequence_outputs: withDefault(list(text), []),
  share_packed_weights: withDefault(flag, true),
  memory: withDefault(list(tensorSchema), []),
  first_states: withDefault(list(text), []),
});

/** One named input or output; null where the length is free. */
export type TensorSpec = Of<typeof tensorSchema>;
/** One recurrent state: an input and an output of the same name in every signature that carries it. */
export type StateSpec = Of<typeof stateSchema>;
/** One entry point of the TFLite model. */
export type SignatureSpec = Of<typeof signatureSchema>;
/** How the runtime computes the model from its signatures; see `ExecutionSpec` in Python. */
export type ExecutionSpec = Of<typeof executionSchema>;
