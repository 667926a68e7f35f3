"""Text classification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.engines import Array, EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.text import clean_text, load_tokenizer


@dataclass(frozen=True)
class Category:
    """A label and its probability, 0 to 1."""

    label: str
    score: float


class TextClassifier(Model):
    """Puts texts into categories. See `Model` for the arguments."""

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, ClassifySpec):
            raise BundleError(f"{bundle.path}: not a classifier")
        self._task = task
        self._labels = read_labels(bundle.assets[task.labels], str(bundle.path))
        _check_output(bundle, task.output, len(self._labels))
        self._tokenizer = load_tokenizer(bundle.assets[task.text.tokenizer])

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the model's output."""
        return self._labels

    @overload
    def classify(self, text: str) -> list[Category]: ...  # type: ignore[overload-overlap]
    @overload
    def classify(self, text: Sequence[str]) -> list[list[Category]]: ...
    def classify(self, text: str | Sequence[str]) -> list[Category] | list[list[Category]]:
        """Every label with its probability, the most probable first.

        Args:
          text: one text, or a list of texts. Lone surrogates are read as U+FFFD; what exceeds the bundle's
            `max_chars` or its tokenizer's greatest length is not read.

        Returns:
          Categories for one text, or a list of them for a list.

        Raises:
          InputError: not text.
        """
        if isinstance(text, str):
            return self._categories(self.probabilities(text))
        if isinstance(text, (bytes, bytearray)) or not isinstance(text, Sequence):
            raise InputError(f"expected a text or a list of texts, found {type(text).__name__}")
        return [self._categories(self.probabilities(item)) for item in text]

    def encode(self, text: str) -> dict[str, Array]:
        """The model's input for `text`: token ids, int32 [1, length]."""
        ids = self._tokenizer.encode(clean_text(text, self._task.text.max_chars))
        return {self._task.text.input: np.array([ids], np.int32)}

    def probabilities(self, text: str) -> npt.NDArray[np.float32]:
        """One probability a label, float32 [labels], in the order of `labels`."""
        probabilities: npt.NDArray[np.float32] = self.run(self.encode(text))[self._task.output][0].astype(np.float32)
        return probabilities

    def _categories(self, probabilities: npt.NDArray[np.float32]) -> list[Category]:
        # A stable sort: equal probabilities keep the labels' order, on every machine.
        order = np.argsort(-probabilities, kind="stable")
        return [Category(self._labels[i], float(probabilities[i])) for i in order]


def _check_output(bundle: Bundle, name: str, labels: int) -> None:
    sizes = [tensor.shape[-1] for tensor in bundle.manifest.outputs if tensor.name == name and len(tensor.shape) == 2]
    if not sizes:
        raise BundleError(f"{bundle.path}: its model has no output {name!r} of shape [1, labels]")
    if sizes[0] != labels:
        raise BundleError(f"{bundle.path}: {labels} labels for {sizes[0]} outputs")


def read_labels(data: bytes, where: str) -> tuple[str, ...]:
    """One label a line.

    Raises:
      BundleError: empty, repeated or not UTF-8.
    """
    try:
        labels = tuple(data.decode("utf-8").rstrip("\n").split("\n"))
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: its labels are not UTF-8") from error
    if len(labels) < 2 or len(set(labels)) < len(labels) or not all(labels):
        raise BundleError(f"{where}: its labels must be two or more, each once, none empty")
    return labels
