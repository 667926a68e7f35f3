"""GPT-2's table: every byte as a printable character, so that a vocabulary of characters covers any text."""

from __future__ import annotations


def _table() -> list[str]:
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


_CHARACTERS = _table()


def to_byte_characters(text: str) -> str:
    """The UTF-8 bytes of `text`, each as its character."""
    return "".join(_CHARACTERS[byte] for byte in text.encode("utf-8"))


def from_byte_characters(characters: str) -> bytes:
    """The bytes of `to_byte_characters`; characters that stand for no byte as their UTF-8."""
    return b"".join(
        bytes([_BYTES[character]]) if character in _BYTES else character.encode("utf-8", "replace")
        for character in characters
    )


_BYTES = {character: byte for byte, character in enumerate(_CHARACTERS)}
