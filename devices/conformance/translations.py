"""Translation: layout, what is kept, beams, streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edgernn.devices.conformance.models import opened
from edgernn.devices.conformance.plain import FLOAT_TOLERANCE, number
from edgernn.edge_runtime.tasks.translate import Translator
from edgernn.edge_runtime.translate.alignment import leaves_out
from edgernn.edge_runtime.translate.kept import cut_at_kept
from edgernn.edge_runtime.translate.layout import parts_of, shortened
from edgernn.edge_runtime.translate.outcome import Translation

_TEXTS = (
    "",
    "   ",
    "I see the dog today.",
    "She wants bread",
    "I see rice. You have water here! He likes the caf\u00e9?",
    "1. I see the dog.\n2. You have bread.\n\n- She likes water",
    "I have 1234 dogs and see www.example.org/a today.",
    "You see <b>the dog</b> now.",
    "I like {name} and user@example.com in Rome 42.",
    "Mr. Tom sees Rome. It is here.",
    "she have the dog with Tom and he like the caf\u00e9 in Rome and I want water now and you see bread here today "
    "and more.",
    "12 + 13 = 25",
    "\u4f60\u597d\u3002\u4e16\u754c\uff01 \U0001f600 I see",
    "zzz qqq",
)
_SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"beams": 1},
    {"beams": 4, "n_best": 3},
    {"beams": 6, "n_best": 2, "length_penalty": 1.0, "coverage_penalty": 0.2, "alignment": True},
    {"beams": 2, "max_tokens": 3},
)
_LAYOUTS = (
    *_TEXTS,
    "A <br> B<p>C</p>\tD  E\r\nF\u2028G",
    "e.g. this, i.e. that. Prof. X vs. Y etc. And \u201cquoted.\u201d New one... Then? Yes!",
    "(1) one; (2) two\n* star\n> said\na) point",
    "J. R. R. Tolkien wrote. S\u00ed.",
)


def translate_vectors(folder: Path) -> dict[str, Any]:
    """Translations of texts, and the parts that they are made in."""
    model = opened(folder, "translator", Translator)
    return {
        "about": "Translator.translate; scores and weights within the tolerance; links in code points [start, stop)",
        "tolerance": FLOAT_TOLERANCE,
        "layout": [{"text": text, "parts": [[p.text, p.is_sentence] for p in parts_of(text)]} for text in _LAYOUTS],
        "kept": [{"text": text, "pieces": cut_at_kept(text)} for text in _LAYOUTS],
        "shortened": [{"text": text, "most": 20, "pieces": shortened(text, _fits)} for text in _LAYOUTS],
        "left_out": [
            {"attention": rows, "tokens": tokens, "left_out": leaves_out(np.array(rows, np.float32), tokens)}
            for rows, tokens in _attentions()
        ],
        "cases": [
            {
                "bundle": "translator",
                "text": text,
                "settings": one,
                "translations": _plain(model.translate(text, **one)),
            }
            for text in _TEXTS
            for one in _SETTINGS
        ],
        "streams": [
            {"bundle": "translator", "text": text, "parts": list(model.translate(text, stream=True))} for text in _TEXTS
        ],
    }


def _attentions() -> Iterator[tuple[list[list[float]], int]]:
    """Rows of attention and how many tokens the source has: a long one, a shorter one, and such as were padded."""
    for tokens, first, count in ((32, 20, 8), (32, 20, 7), (31, 20, 8), (33, 25, 8), (32, 0, 8)):
        row = [0.125 if first <= place < first + count else 0.25 for place in range(tokens)]
        yield [[*row, 0.0, 0.0], [*row, 0.0, 0.0]], tokens


def _fits(text: str) -> bool:
    return len(text) <= 20


def _plain(found: list[Translation]) -> list[dict[str, Any]]:
    return [
        {
            "text": one.text,
            "score": number(one.score),
            "alignment": [[*link.source, *link.target, link.weight] for link in one.alignment],
        }
        for one in found
    ]
