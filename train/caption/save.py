"""Writes the folder that `edgernn convert` reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from edgernn.edge_runtime.caption.reading.types import CaptionedPicture
from edgernn.edge_runtime.examples.spread import evenly
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import Pixels, load_picture
from edgernn.train.caption.encoder import Encoder
from edgernn.train.caption.options import CaptionOptions
from edgernn.train.caption.prepare import Prepared, Seen
from edgernn.train.caption.tokenizer import BEGIN_ID, END_ID, PAD_ID, UNKNOWN_ID
from edgernn.train.folder import MODEL, write_config

# Pictures that a conversion compares captions on, and those that static recipes measure ranges on.
TESTED, _CALIBRATION = 256, 64
_TOKENIZER = "tokenizer.json"


def save(
    folder: Path,
    model: Any,
    seen: Seen,
    prepared: Prepared,
    options: CaptionOptions,
    language: str,
    metrics: dict[str, Any],
) -> None:
    """Writes model, tokenizer, configuration, metrics, test pictures and some to calibrate into an empty folder."""
    model.save(folder / MODEL)
    prepared.tokenizer.save(str(folder / _TOKENIZER), pretty=False)
    write_config(folder, _spec(seen.encoder, options, language), prepared.data, options, metrics)
    (folder / "data").mkdir()
    rule = seen.encoder.picture
    _write(folder / "data" / "test", some_of(seen.pictures["test"], TESTED), rule)
    _write(folder / "data" / "calibration", some_of(seen.pictures["train"], _CALIBRATION), rule)


def some_of(pictures: Sequence[CaptionedPicture], count: int) -> list[CaptionedPicture]:
    """Up to `count` of them, evenly spread."""
    return [pictures[place] for place in evenly(len(pictures), count)]


def loaded(pictures: Sequence[CaptionedPicture], rule: PictureSpec) -> Pixels:
    """Their pixels, uint8 [pictures, size, size, 3]."""
    return np.stack([load_picture(picture.path, rule) for picture in pictures])


def _spec(encoder: Encoder, options: CaptionOptions, language: str) -> CaptionSpec:
    _, rows, columns, _ = encoder.model.output_shape
    return CaptionSpec(
        name="caption",
        tokenizer=_TOKENIZER,
        language=language,
        begin=BEGIN_ID,
        end=END_ID,
        pad=PAD_ID,
        unknown=UNKNOWN_ID,
        max_tokens=options.max_tokens,
        image=encoder.picture,
        grid=(int(rows), int(columns)),
        level=cast(Any, options.level),
    )


def _write(path: Path, pictures: Sequence[CaptionedPicture], rule: PictureSpec) -> None:
    np.savez_compressed(path.with_suffix(".npz"), pictures=loaded(pictures, rule))
    with path.with_suffix(".jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for picture in pictures:
            record = {"references": list(picture.captions), "name": picture.path.name}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
