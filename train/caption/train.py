"""One training, from the pictures to the folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgernn.edge_runtime.caption.reading.corpus import CaptionCorpus
from edgernn.edge_runtime.engines.packages import has_module
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.extras import require
from edgernn.train.backend import import_keras
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.folder import check_target, new_folder
from edgernn.train.listener import Listener

if TYPE_CHECKING:
    from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
    from edgernn.train.caption.fit import Fitted
    from edgernn.train.caption.prepare import Prepared, Seen
    from edgernn.train.caption.sight import KeptFeatures


@dataclass(frozen=True)
class Trained:
    """Where the training is, and its metrics (as in metrics.json)."""

    folder: Path
    metrics: dict[str, Any]


def train(
    corpus: CaptionCorpus,
    out: Path,
    options: CaptionOptions,
    listener: Listener,
    language: str = "en",
    also: Sequence[CaptionCorpus] = (),
    checkpoint: Path | None = None,
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

    Raises:
      InputError: the pictures, the captions, the folder or the checkpoint cannot be used.
      RuntimeUnavailable: Keras or its backend, or OpenCV, is missing.
    """
    check_target(out)
    if checkpoint is not None and checkpoint.resolve() == out.resolve():
        raise InputError(f"--checkpoint {checkpoint}: must be another folder than --out")
    require("train", "keras", "tokenizers")
    require("vision", "cv2")
    import_keras().utils.set_random_seed(options.seed)  # an encoder without weights begins at random
    from edgernn.train.caption.fit import fit
    from edgernn.train.caption.prepare import prepare, see
    from edgernn.train.caption.save import save

    for note in corpus.notes():
        listener.say(note)
    seen = see(corpus, options, listener)
    prepared = prepare(corpus, seen, options)
    _tell(corpus, prepared, listener)
    fitted = fit(options, seen, prepared, listener, checkpoint)
    metrics = _metrics(options, seen, prepared, fitted)
    if also and has_scores():
        metrics["also"] = {
            one.source.name: _measured_on(one, options, seen, prepared, fitted, listener) for one in also
        }
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


def _metrics(options: CaptionOptions, seen: Seen, prepared: Prepared, fitted: Fitted) -> dict[str, Any]:
    best = {name: values[fitted.best_epoch - 1] for name, values in fitted.history.items() if name != "loss"}
    metrics: dict[str, Any] = {"validation": best}
    if has_scores():
        pictures = seen.pictures["test"]
        metrics["test"] = _test(options, seen, prepared, fitted)
        metrics |= _compared(options, seen, prepared, fitted, pictures, seen.features("test"))
    return {
        **metrics,
        "history": fitted.history,
        "epochs": len(fitted.history["loss"]),
        "best_epoch": fitted.best_epoch,
        "parameters": int(fitted.model.count_params()),
        "left_out": {"pictures that cannot be read": seen.unusable, "captions with too many tokens": prepared.too_long},
    }


def _test(options: CaptionOptions, seen: Seen, prepared: Prepared, fitted: Fitted) -> dict[str, Any]:
    """Scores on the pictures that are written beside the model, by the whole of it."""
    from edgernn.edge_runtime.caption.scoring import scores_of
    from edgernn.train.caption.decode import greedy_of_pictures, texts_of
    from edgernn.train.caption.save import TESTED, loaded, some_of

    pictures = some_of(seen.pictures["test"], TESTED)
    rule = seen.encoder.picture
    said = greedy_of_pictures(fitted.model, options, loaded(pictures, rule), rule)
    texts = texts_of(prepared.tokenizer, said, options.level)
    return asdict(scores_of(texts, [list(picture.captions) for picture in pictures]))


def _compared(
    options: CaptionOptions,
    seen: Seen,
    prepared: Prepared,
    fitted: Fitted,
    pictures: Sequence[CaptionedPicture],
    sight: KeptFeatures,
) -> dict[str, Any]:
    """Scores of the model and of what it must be better than."""
    from edgernn.edge_runtime.caption.scoring import scores_of
    from edgernn.train.caption.baselines import most_frequent, nearest_captions
    from edgernn.train.caption.prepare import pooled

    train = seen.pictures["train"]
    references = [list(picture.captions) for picture in pictures]
    known, asked = pooled(seen.features("train"), len(train)), pooled(sight, len(pictures))
    said = {
        "test_all": _captions(options, seen, prepared, fitted, pictures, sight),
        "most_frequent": [most_frequent(train)] * len(pictures),
        "nearest_neighbour": nearest_captions(train, known, asked),
    }
    scores = {name: asdict(scores_of(texts, references)) for name, texts in said.items()}
    return {"test_all": scores.pop("test_all"), "baselines": scores}


def _captions(
    options: CaptionOptions,
    seen: Seen,
    prepared: Prepared,
    fitted: Fitted,
    pictures: Sequence[CaptionedPicture],
    sight: KeptFeatures,
) -> list[str]:
    """Of many pictures, by blocks; from kept features where the encoder is still the one that they are of."""
    from edgernn.train.caption.decode import greedy_of_features, greedy_of_pictures, texts_of
    from edgernn.train.caption.save import loaded

    said: list[list[int]] = []
    for start in range(0, len(pictures), 256):
        numbers = range(start, min(start + 256, len(pictures)))
        if fitted.tuned:
            rule = seen.encoder.picture
            block = loaded([pictures[number] for number in numbers], rule)
            said += greedy_of_pictures(fitted.model, options, block, rule)
        else:
            said += greedy_of_features(fitted.model, options, sight(numbers))
    return texts_of(prepared.tokenizer, said, options.level)


def _measured_on(
    corpus: CaptionCorpus, options: CaptionOptions, seen: Seen, prepared: Prepared, fitted: Fitted, listener: Listener
) -> dict[str, Any]:
    """The same figures on another set's test part."""
    from edgernn.train.caption.parts import parts_of
    from edgernn.train.caption.prepare import look
    from edgernn.train.caption.sight import KeptFeatures

    tested = parts_of(corpus, options.seed)["test"]
    cached = look([picture.path for picture in tested], seen.encoder, listener)
    usable = [picture for picture in tested if picture.path in cached.digests]
    if not usable:
        raise InputError(f"{corpus.source.path}: no picture that can be used is in its test part")
    sight = KeptFeatures(cached, [picture.path for picture in usable])
    return _compared(options, seen, prepared, fitted, usable, sight)
