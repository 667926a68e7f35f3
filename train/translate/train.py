"""One training, from the pairs to the folder."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.extras import require
from edgernn.edge_runtime.translate.reading.corpus import ParallelCorpus
from edgernn.edge_runtime.translate.reading.divide import with_references
from edgernn.edge_runtime.translate.scoring import scores_of
from edgernn.train.backend import import_keras
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.listener import Listener
from edgernn.train.translate.options import TranslateOptions

if TYPE_CHECKING:
    from edgernn.train.translate.fit import Fitted
    from edgernn.train.translate.prepare import Prepared

# Test sentences that are translated after a training, evenly spread; `edgernn eval` takes all.
_TRANSLATED = 2000


def train(
    corpus: ParallelCorpus,
    out: Path,
    options: TranslateOptions,
    listener: Listener,
    reverse: bool = False,
    checkpoint: Path | None = None,
) -> Trained:
    """Cleans, divides, tokenizes, fits, measures and writes.

    Args:
      corpus: pairs of sentences.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      reverse: learn the other direction.
      checkpoint: folder from which an interrupted training goes on, or None to begin anew.

    Raises:
      InputError: the pairs, the folder or the checkpoint cannot be used.
      RuntimeUnavailable: Keras or its backend is missing.
    """
    check_target(out, checkpoint)
    require("train", "keras", "tokenizers")
    from edgernn.train.translate.prepare import prepare

    prepared = prepare(corpus, options, reverse)
    _tell(corpus, prepared, listener)
    import_keras()
    from edgernn.train.translate.fit import fit
    from edgernn.train.translate.save import save

    fitted = fit(options, prepared, listener, checkpoint)
    metrics = _metrics(options, prepared, fitted)
    with new_folder(out) as folder:
        save(folder, fitted.model, prepared, options, metrics)
    return Trained(out, metrics)


def _tell(corpus: ParallelCorpus, prepared: Prepared, listener: Listener) -> None:
    split = prepared.data.split
    source, target = (language or "?" for language in prepared.languages)
    counts = ", ".join(f"{len(pairs):,} {name}" for name, pairs in prepared.pairs.items())
    listener.say(f"{corpus.source.path}: {source} to {target}: pairs: {counts} ({split.method}, seed {split.seed})")
    left_out = ", ".join(f"{count:,} {rule}" for rule, count in prepared.left_out.items() if count)
    listener.say(f"left out of {len(corpus.pairs):,} pairs: {left_out or 'none'}")
    sizes = {"source": prepared.source, "target": prepared.target}
    listener.say(", ".join(f"{one.get_vocab_size():,} tokens of the {name}" for name, one in sizes.items()))


def _metrics(options: TranslateOptions, prepared: Prepared, fitted: Fitted) -> dict[str, Any]:
    from edgernn.train.translate.fit import Measured
    from edgernn.train.translate.trainer import Trainer

    trainer = Trainer(options, fitted.model)
    trainer.compile()
    metrics: dict[str, Any] = {}
    for name in ("validation", "test"):
        nats = Measured(trainer, prepared.examples[name], options.batch_tokens).loss()
        metrics[name] = {"nats": nats, "perplexity": math.exp(min(nats, 700.0))}
    metrics["test"] |= _translated(options, prepared, fitted.model)
    return {
        **metrics,
        "history": fitted.history,
        "epochs": len(fitted.history["loss"]),
        "best_epoch": fitted.best_epoch,
        "parameters": int(fitted.model.count_params()),
        "left_out": prepared.left_out,
    }


def _translated(options: TranslateOptions, prepared: Prepared, model: Any) -> dict[str, Any]:
    """Scores of the likeliest tokens on test sentences; nothing where sacrebleu is not installed."""
    if not has_module("sacrebleu"):
        return {}
    from edgernn.train.translate.decode import greedy

    known = with_references(prepared.pairs["test"])
    every = list(known)
    sources = [every[place] for place in evenly(len(every), _TRANSLATED)]
    ids = [one.ids[: options.max_tokens] for one in prepared.source.encode_batch_fast(sources)]
    texts = prepared.target.decode_batch(greedy(model, ids))
    return {"sentences": len(texts), **asdict(scores_of(texts, [known[source] for source in sources]))}
