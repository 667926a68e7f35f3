"""Texts that tokenizers meet on phones."""

from __future__ import annotations

TEXTS = (
    "",
    " ",
    "\n",
    "a",
    "I want soup, bread because we don't know.",
    "  two  blanks\tand a tab\r\nand Windows' line end\rand an old one",
    "caf\u00e9 cafe\u0301 na\u00efve \u017d\u010f\u00e1r stra\u00dfe STRASSE \u0130stanbul "
    "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u3053\u3093\u306b\u3061\u306f \ud55c\uad6d\uc5b4",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u05e9\u05dc\u05d5\u05dd "
    "\u0928\u092e\u0938\u094d\u0924\u0947",
    "\U0001f600 \U0001f44d\U0001f3fd \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "\U0001f1e9\U0001f1ea 1\ufe0f\u20e3 \u2764\ufe0f",
    "z\u0300\u0316\u0301\u0489 \u202eevil\u202c \u200bzero\u200bwidth\ufeff \u00a0nbsp\u00a0 \u3000wide",
    "<pad> <s> <unk> <eos> </s> [CLS] <|endoftext|>",
    "123 4,567.89 \u0661\u0662\u0663 \u00bd \u2460 9\u2033 1st 20:30",
    "don't can\u2019t o'clock rock'n'roll 'quoted' \u201ccurly\u201d",
    "https://example.org/a?b=c&d#e user@example.com #tag @name $5.00 100%",
    "\x00\x01\x1b[31m \x7f\x85\u2028\u2029 end",
    "\ud800 lone \udfff surrogates \ud83d",
    "\U00020000\U0002a6d6 \U0001d4d7\U0001d4ee\U0001d4f5\U0001d4f5\U0001d4f8 \uff28\uff45\uff4c\uff4c\uff4f",
    "ab" * 60 + " " + "x" * 150,
    "\u0130\u0131\u017f\u1e9e\ufb03\u01c5",
    "a\nb\n\nc\n",
    "...!!!???---***",
)
