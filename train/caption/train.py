"""One training, from the pictures to the folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus
from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.extras import require
from edgernn.train.backend import import_keras
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.folder import Trained, check_target, new_folder
from edgernn.train.listener import Listener

if TYPE_CHECKING:
    from edgernn.train.caption.encoder import Encoder
    from edgernn.train.caption.fit import Fitted
    from edgernn.train.caption.prepare import Prepared, Seen


def train(
    corpus: CaptionCorpus,
    out: Path,
    options: CaptionOptions,
    listener: Listener,
    language: str = "en",
    also: Sequence[CaptionCorpus] = (),
    checkpoint: Path | None = None,
    encoder: Encoder | None = None,
) -> Trained:
    """Divides, looks at the pictures, tokenizes, fits, measures and writes.

    Args:
      corpus: captioned pictures.
      out: folder to write; it appears when everything is done.
      options: model and training.
      listener: is told how it goes.
      language: of the captions, for the bundle.
      also: other sets whose test parts are captioned and measured at the end.
      checkpoint: folder from which an interrupted training goes on, or None to begin anew.
      encoder: a network of your own, in the place of the one that the options name.

    Raises:
      InputError: the pictures, the captions, the folder or the checkpoint cannot be used.
      RuntimeUnavailable: Keras or its backend, or OpenCV, is missing.
    """
    check_target(out, checkpoint)
    require("train", "keras", "tokenizers")
    require("vision", "cv2")
    import_keras().utils.set_random_seed(options.seed)  # an encoder without weights begins at random
    from edgernn.train.caption.fit import fit
    from edgernn.train.caption.prepare import prepare, see
    from edgernn.train.caption.save import save

    for note in corpus.notes():
        listener.say(note)
    seen = see(corpus, options, listener, encoder)
    prepared = prepare(corpus, seen, options)
    _tell(corpus, prepared, listener)
    fitted = fit(options, seen, prepared, listener, checkpoint)
    metrics = _metrics(options, seen, prepared, fitted, also, listener)
    with new_folder(out) as folder:
        save(folder, fitted.model, seen, prepared, options, language, metrics)
    return Trained(out, metrics)


def has_scores() -> bool:
    """Whether what measures captions is installed."""
    return has_module("pycocoevalcap") and has_module("sacrebleu")


def _tell(corpus: CaptionCorpus, prepared: Prepared, listener: Listener) -> None:
    split = prepared.data.split
    counts = ", ".join(f"{count:,} {name}" for name, count in split.counts.items())
    listener.say(f"{corpus.source.path}: pictures: {counts} ({split.method}, seed {split.seed})")
    captions, tokens = len(prepared.examples["train"]), prepared.tokenizer.get_vocab_size()
    listener.say(f"{captions:,} captions to learn ({prepared.too_long:,} too long ones left out), {tokens:,} tokens")


def _metrics(
    options: CaptionOptions,
    seen: Seen,
    prepared: Prepared,
    fitted: Fitted,
    also: Sequence[CaptionCorpus],
    listener: Listener,
) -> dict[str, Any]:
    best = {name: values[fitted.best_epoch - 1] for name, values in fitted.history.items() if name != "loss"}
    metrics: dict[str, Any] = {"validation": best}
    if has_scores():
        from edgernn.train.caption.tested import Tester

        metrics |= Tester(options, seen, prepared, fitted).scores(also, listener)
    return {
        **metrics,
        "history": fitted.history,
        "epochs": len(fitted.history["loss"]),
        "best_epoch": fitted.best_epoch,
        "parameters": int(fitted.model.count_params()),
        "left_out": {"pictures that cannot be read": seen.unusable, "captions with too many tokens": prepared.too_long},
    }
