"""Which emoji are variants of one another: a test on one whose brother was trained would be no test."""

from __future__ import annotations

# Unicode's code points, hexadecimal, as in the pictures' names.
_JOINER, _VARIATION = "200D", "FE0F"
_TONES = frozenset({"1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"})
_SIGNS = frozenset({"2640", "2642"})  # female, male
_RIGHT = "27A1"
_HAIR = frozenset({"1F9B0", "1F9B1", "1F9B2", "1F9B3"})
_HEART, _KISS_MARK, _HANDSHAKE = "2764", "1F48B", "1F91D"
_ADULT, _CHILD = "1F9D1", "1F9D2"
# Several code points that differ in gender, and the one that stands for them.
_SAME = {
    _ADULT: ("1F468", "1F469"),
    _CHILD: ("1F466", "1F467"),
    "1F9D3": ("1F474", "1F475"),  # older
    "1FAC5": ("1F934", "1F478"),  # with crown
    "1FAC4": ("1FAC3", "1F930"),  # pregnant
    "1F57A": ("1F483",),  # dancing
    "1F385": ("1F936",),  # Christmas
}
_STANDS_FOR = {one: kept for kept, others in _SAME.items() for one in others}
_SANTA, _TREE = "1F385", "1F384"
_FAMILY, _COUPLE, _KISS, _HOLDING = "family", "couple", "kiss", "holding hands"
# Emoji of one code point that show what others are composed of.
_WHOLE = {
    "1F46A": _FAMILY,
    "1F491": _COUPLE,
    "1F48F": _KISS,
    **dict.fromkeys(("1F46B", "1F46C", "1F46D"), _HOLDING),
}


def group_of(code: str) -> str:
    """The group of an emoji: the same for skin tones, genders, hair, and the direction that it faces.

    Args:
      code: code points joined by "-", as "1F3C3-1F3FB-200D-2640-FE0F".
    """
    left_out = _TONES | _SIGNS | _HAIR | {_VARIATION}
    parts = [_STANDS_FOR.get(part, part) for part in code.upper().split("-") if part not in left_out]
    if not parts:  # a tone, sign or hair by itself
        return code.lower()
    while parts[-1] in (_JOINER, _RIGHT) and len(parts) > 1:
        parts.pop()
    kept = [part for part in parts if part != _JOINER]
    return _composed(kept) or _WHOLE.get(kept[0] if len(kept) == 1 else "", "-".join(kept).lower())


def _composed(parts: list[str]) -> str:
    """The group of several people together, and of what is written in two ways; "" for others."""
    people = sum(part in (_ADULT, _CHILD) for part in parts)
    if parts == ["1FAF1", "1FAF2"]:  # two hands
        return _HANDSHAKE.lower()
    if parts == [_ADULT, _TREE]:
        return _SANTA.lower()
    if people < 2:
        return ""
    if _KISS_MARK in parts:
        return _KISS
    if _HEART in parts:
        return _COUPLE
    return _HOLDING if _HANDSHAKE in parts else _FAMILY
