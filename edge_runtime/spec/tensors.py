"""Tensors, states and signatures: what a bundle's model takes, gives and carries from call to call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DType = Literal["float32", "int32", "int64", "bool"]


@dataclass(frozen=True)
class TensorSpec:
    """One named input or output.

    Attributes:
      name: the name in Keras (model inputs and outputs) or in the signature.
      dtype: NumPy's name of the element type.
      shape: sizes, batch axis first; null where the length is free (the time axis of a model's input).
    """

    name: str
    dtype: DType
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class StateSpec:
    """One recurrent state: an input and an output of the same name in every signature that carries it.

    Attributes:
      name: begins with `state_`, then layer and state ("state_lstm_h").
      dtype: NumPy's name of the element type.
      shape: sizes, batch axis first, all fixed.
    """

    name: str
    dtype: DType
    shape: tuple[int, ...]


@dataclass(frozen=True)
class SignatureSpec:
    """One entry point of the TFLite model.

    Attributes:
      name: `predict_N` for a whole sequence, `predict` for one of any length, `chunk_N` for N steps with states;
        `encode_N` and `step_N` (`step_N_bB` for B rows) of an encoder and a decoder.
      steps: N, the number of time steps that one call takes; 0 where the declared shapes say all. Of a decoder's step:
        those of the memory that it reads.
      inputs: without the states and the memory.
      outputs: without the states and the memory.
      weight_bytes: different weights that one call reads; tables of which rows are looked up are left out.
      read_bytes: weights that one call reads, once more for each operator that uses them; 0 where a loop in the graph
        decides.
      largest_weight: bytes of the largest of them.
      part: in the mode `encode_step`, which of the two it is.
      rows: of the states: sequences that one call takes a step further.
    """

    name: str
    steps: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    weight_bytes: int = 0
    read_bytes: int = 0
    largest_weight: int = 0
    part: Literal["", "encode", "step"] = ""
    rows: int = 1


@dataclass(frozen=True)
class ExecutionSpec:
    """How the runtime computes the model from its signatures.

    Attributes:
      lowering: the lowering's name in the converter's registry, for people.
      mode: `chunked`: a sequence is cut into pieces of the signatures' sizes, run in order, states handed on.
        `whole`: the shortest signature that holds the sequence runs once, the rest of it padded.
        `dynamic`: the one signature runs once, its inputs resized to what they are given.
        `encode_step`: an encoder and a decoder. The shortest encoder that holds the source, its rest padded, runs once
        and gives the memory and the decoder's first states; the decoder's step for a memory of that size takes
        one or more sequences ("rows", of one source) a step further, and carries their states.
      signatures: longest first; in the mode `encode_step` all encoders come before all steps.
      states: carried between calls (`chunked`, `encode_step`), or none; of one row.
      sequence_inputs: model inputs whose axis 1 is time.
      sequence_outputs: model outputs whose axis 1 is time; others are taken from the last call.
      share_packed_weights: whether an engine may pack each constant once for all operators that read it. Not where
        activations are quantized statically: packed weights then hold the activations' scales too.
      memory: what an encoder gives and every step reads, of one row; null where the size is the signature's `steps`.
      first_states: states that the encoder gives; the others begin at zero.
    """

    lowering: str
    mode: Literal["chunked", "whole", "dynamic", "encode_step"]
    signatures: tuple[SignatureSpec, ...]
    states: tuple[StateSpec, ...] = ()
    sequence_inputs: tuple[str, ...] = ()
    sequence_outputs: tuple[str, ...] = ()
    share_packed_weights: bool = True
    memory: tuple[TensorSpec, ...] = ()
    first_states: tuple[str, ...] = ()
