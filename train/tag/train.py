"""One training, from the sentences to the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edgernn.edge_runtime.extras import require
from edgernn.edge_runtime.tag.corpus import TaggedCorpus
from edgernn.edge_runtime.tag.features import FIRST, looked_up
from edgernn.train.backend import import_keras
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.listener import Listener
from edgernn.train.tag.options import TagOptions
from edgernn.train.tag.prepare import WORDS, Prepared, prepare
from edgernn.train.tag.vectors import Vectors, read_vectors

if TYPE_CHECKING:
    from edgernn.train.tag.fit import Fitted

_SHOWN = 10


def train(
    corpus: TaggedCorpus, out: Path, options: TagOptions, listener: Listener, several: Sequence[str] = ()
) -> Trained:
    """Makes the lists, fits, measures and writes.

    Args:
      corpus: labelled sentences.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      several: columns in which a token has any number of labels.

    Raises:
      InputError: the sentences, the vectors or the folder cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out)
    require("train", "keras")
    vectors = read_vectors(options.vectors).folded(_key) if options.vectors else None
    prepared = prepare(corpus, options, several, vectors)
    _tell(corpus, prepared, vectors, listener)
    import_keras()
    from edgernn.train.tag.fit import fit
    from edgernn.train.tag.save import save

    fitted = fit(options, prepared, _rows(prepared, vectors, options.seed), listener)
    metrics = _metrics(options, prepared, fitted)
    with new_folder(out) as folder:
        save(folder, fitted, prepared, options, metrics)
    return Trained(out, metrics)


def _key(word: str) -> str:
    return looked_up(word, WORDS)


def _rows(prepared: Prepared, vectors: Vectors | None, seed: int) -> npt.NDArray[np.float32] | None:
    """The table to begin with, float32 [words + 2, size]: padding and the unknown word are zeros."""
    if vectors is None:
        return None
    rows = vectors.rows(prepared.words, np.random.default_rng(seed))
    return np.concatenate([np.zeros((FIRST, rows.shape[1]), np.float32), rows])


def _tell(corpus: TaggedCorpus, prepared: Prepared, vectors: Vectors | None, listener: Listener) -> None:
    split = prepared.data.split
    counts = ", ".join(f"{count:,} {name}" for name, count in split.counts.items())
    listener.say(f"{corpus.source.path}: sentences: {counts} ({split.method}, seed {split.seed})")
    for column in prepared.spec.columns:
        labels = prepared.labels[column.name]
        shown = ", ".join(labels[:_SHOWN]) + (", ..." if len(labels) > _SHOWN else "")
        listener.say(f"{column.name}: {len(labels)} labels: {shown}")
    known = set(vectors.words) if vectors else set()
    begun = f", {sum(word in known for word in prepared.words):,} with a given vector" if vectors else ""
    listener.say(f"{len(prepared.words):,} words{begun}; {len(prepared.characters)} characters")


def _metrics(options: TagOptions, prepared: Prepared, fitted: Fitted) -> dict[str, Any]:
    from edgernn.train.tag.fit import figures

    # Of what has been learnt no figure is worth much.
    measured = ("test",) if options.use_validation else ("validation", "test")
    splits = {name: prepared.splits[name] for name in measured}
    return {
        **{
            name: figures(fitted.model, prepared, fitted.crfs, sentences, options.max_words)
            for name, sentences in splits.items()
        },
        "measures": {c.name: "accuracy" if c.scheme == "none" else "span_f1" for c in prepared.spec.columns},
        "history": fitted.history,
        "epochs": len(fitted.history["loss"]),
        "best_epoch": fitted.best_epoch,
        "parameters": int(fitted.model.count_params()),
        "words": len(prepared.words),
    }
