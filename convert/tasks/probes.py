"""Texts that every text bundle is tested with on a device: kinds of writing, not samples of anybody's data."""

from __future__ import annotations

PROBES: tuple[str, ...] = (
    "",
    " ",
    "a",
    "OK",
    "See you at 7 tonight?",
    "The quick brown fox jumps over the lazy dog.",
    "URGENT! Call 08001234567 now and claim 1000 pounds!!!",
    "www.example.com/win?id=42&code=A1B2",
    "Don't worry -- it's only \"quoted\", isn't it?",
    "line one\nline two\r\n\ttabbed   and   spaced",
    "caf\u00e9 na\u00efve \u00fcber stra\u00dfe \u0130stanbul \ufb01ne",
    "cafe\u0301 na\u0131ve (combining accents)",
    "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! \u0394\u03bf\u03ba\u03b9\u03bc\u03ae.",
    "\u05e9\u05dc\u05d5\u05dd \u0639\u0627\u0644\u0645 \u202eright to left\u202c",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u3053\u3093\u306b\u3061\u306f",
    "\U0001f600\U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "zero\x00byte and \x1b escape",
    "0123456789 " * 8,
    "word " * 60,
    "x" * 200,
)
