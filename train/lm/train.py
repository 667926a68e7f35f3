"""One training, from the text to the folder."""

from __future__ import annotations

import math
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.extras import require
from edgernn.edge_runtime.lm.corpus import Corpus
from edgernn.train.backend import import_keras
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.listener import Listener
from edgernn.train.lm.options import LmOptions

if TYPE_CHECKING:
    from edgernn.train.lm.fit import Fitted
    from edgernn.train.lm.prepare import Prepared

_SHOWN = 5


def train(corpus: Corpus, out: Path, options: LmOptions, listener: Listener, checkpoint: Path | None = None) -> Trained:
    """Tokenizes, fits, measures and writes.

    Args:
      corpus: the text.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      checkpoint: folder from which an interrupted training goes on, or None to begin anew.

    Raises:
      InputError: the text, the folder or the checkpoint cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out, checkpoint)
    require("train", "keras", "tokenizers")
    from edgernn.train.lm.prepare import prepare

    with tempfile.TemporaryDirectory(prefix="edgernn-lm-") as work:
        _tell_skipped(corpus, listener)
        prepared = prepare(corpus, options, Path(work))
        _tell_counts(corpus, prepared, listener)
        options = replace(options, level=prepared.level)  # type: ignore[arg-type]
        # After the text has been read: a backend takes more memory than that.
        import_keras()
        from edgernn.train.lm.fit import fit
        from edgernn.train.lm.save import save

        splits = prepared.splits
        fitted = fit(options, prepared.vocabulary, splits["train"], splits["validation"], listener, checkpoint)
        metrics = _metrics(options, prepared, fitted)
        with new_folder(out) as folder:
            save(folder, fitted.model, prepared, options, metrics)
    return Trained(out, metrics)


def _tell_skipped(corpus: Corpus, listener: Listener) -> None:
    for skipped in corpus.skipped[:_SHOWN]:
        listener.say(f"{skipped.path}: left out: {skipped.reason}")
    if len(corpus.skipped) > _SHOWN:
        listener.say(f"and {len(corpus.skipped) - _SHOWN} other files that are no text")


def _tell_counts(corpus: Corpus, prepared: Prepared, listener: Listener) -> None:
    split = prepared.data.split
    counts = ", ".join(f"{count:,} {name}" for name, count in split.counts.items())
    listener.say(
        f"{corpus.source.path}: tokens by {prepared.level}: {counts} ({split.method}, seed {split.seed}); "
        f"{prepared.vocabulary:,} different ones; {100 * prepared.unknown['validation']:.1f} % of the validation's "
        "are unknown"
    )


def _metrics(options: LmOptions, prepared: Prepared, fitted: Fitted) -> dict[str, Any]:
    from edgernn.train.lm.fit import Measured

    weights = fitted.network.get_weights()
    metrics: dict[str, Any] = {}
    for name in ("validation", "test"):
        ids = prepared.splits[name]
        loss = Measured(options, prepared.vocabulary, ids).loss(weights)
        metrics[name] = _figures(loss, len(ids), prepared, name)
    return {
        **metrics,
        "history": fitted.history,
        "epochs": len(fitted.history["loss"]),
        "best_epoch": fitted.best_epoch,
        "parameters": int(fitted.model.count_params()),
        "vocabulary": prepared.vocabulary,
        "level": prepared.level,
    }


def _figures(loss: float, tokens: int, prepared: Prepared, split: str) -> dict[str, float]:
    """Perplexity a token, nats a token, and bits a character."""
    return {
        "perplexity": math.exp(min(loss, 700.0)),
        "nats": loss,
        "bits_per_character": loss * tokens / (prepared.characters[split] * math.log(2)),
        "unknown": prepared.unknown[split],
    }
