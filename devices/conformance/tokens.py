"""Texts to token ids and back, for every kind of tokenizer that bundles have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.devices.conformance.models import opened
from edgernn.devices.conformance.plain import text_fields
from edgernn.devices.conformance.texts import TEXTS
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.classify import ClassifySpec
from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.edge_runtime.spec.translate import TranslateSpec
from edgernn.edge_runtime.tasks.lm import LanguageModel
from edgernn.edge_runtime.text import clean_text, load_tokenizer
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.translate.alignment import token_words

_BUNDLES = ("tiny.float32", "words", "pieces", "blanks", "translator")


def token_vectors(folder: Path) -> dict[str, Any]:
    """Ids of texts; what ids are in a text; where each token's word stands in a source."""
    cases = [case for name in _BUNDLES for case in _encodings(opened(folder, name, Model), name)]
    return {
        "about": "a tokenizer's ids (lone surrogates read as U+FFFD, line ends as they are); special tokens' own "
        "spelling is text",
        "cases": cases,
        "language_models": [case for name in ("words", "pieces", "blanks") for case in _prompts(folder, name)],
        "decoding": [case for name in ("words", "pieces", "blanks", "translator") for case in _decodings(folder, name)],
        "words": _words(folder),
    }


def _assets(model: Model) -> list[str]:
    task = model.manifest.typed_task
    if isinstance(task, ClassifySpec):
        return [task.text.tokenizer]
    return [name for name in task.assets() if "tokenizer" in name]


def _encodings(model: Model, name: str) -> list[dict[str, Any]]:
    cases = []
    for asset in _assets(model):
        tokenizer = load_tokenizer(model.bundle.assets[asset])
        for text in TEXTS:
            ids = tokenizer.encode(clean_text(text, len(text)))
            cases.append({"bundle": name, "asset": asset, **text_fields(text), "ids": ids})
    return cases


def _prompts(folder: Path, name: str) -> list[dict[str, Any]]:
    """`LanguageModel.encode`: line ends are those of Unix, and of long texts the end counts."""
    model = opened(folder, name, LanguageModel)
    return [{"bundle": name, **text_fields(text), "ids": model.encode(text)} for text in (*TEXTS, _LONG)]


_LONG = "I want soup, bread because we don't know. " * 300


def _decodings(folder: Path, name: str) -> list[dict[str, Any]]:
    model = opened(folder, name, Model)
    task = model.manifest.typed_task
    if isinstance(task, TranslateSpec):
        asset = task.target_tokenizer
    else:
        assert isinstance(task, LmSpec)
        asset = task.tokenizer
    assert isinstance(task, (LmSpec, TranslateSpec))
    pieces = Pieces(model.bundle.assets[asset], task.level, task.end, task.unknown)
    size = len(pieces)
    sequences = [
        [*range(min(size, 120))],
        [*range(size - 1, max(-1, size - 60), -1)],
        [(7 * n * n + 3) % size for n in range(80)],
    ]
    cases = []
    for after in ("", "so", "so "):
        for ids in sequences:
            decoder = pieces.decoder(after)
            parts = [decoder.feed(token) for token in ids]
            cases.append(
                {"bundle": name, "asset": asset, "after": after, "ids": ids, "parts": parts, "rest": decoder.finish()}
            )
    return cases


def _words(folder: Path) -> list[dict[str, Any]]:
    """For each token the code points [start, end) of its word."""
    model = opened(folder, "translator", Model)
    encode = load_tokenizer(model.bundle.assets["source.tokenizer.json"]).encode
    cases = []
    for text in ("I see the dog today.", "  She  wants caf\u00e9!", "\U0001f600 you have 42 dogs", "a"):
        ids = encode(text)
        cases.append({"bundle": "translator", "text": text, "ids": ids, "spans": token_words(text, encode, ids)})
    return cases
