"""From token ids back to text, token by token."""

from __future__ import annotations

import codecs
import json
from collections.abc import Sequence

from edgernn.edge_runtime.errors import BundleError
from edgernn.edge_runtime.text.bytelevel import from_byte_characters

BLANK, BPE = "blank", "bpe"
_MOST_TOKENS = 2_000_000


class Pieces:
    """What each token of a vocabulary is in a text.

    Args:
      tokenizer: content of a tokenizer.json with a vocabulary (WordLevel or byte-level BPE).
      level: what a token is: "blank" (what stands between blanks), "word", "bpe" or "char".
      end: the token that ends a text, which is no text itself; a line's end where tokens stand between blanks.
      unknown: the token for what the vocabulary does not hold.

    Attributes:
      texts: of each token, by id; for byte-level tokens the text of their whole characters, what is left of others
        shown as U+FFFD.

    Raises:
      BundleError: there is no vocabulary, or it has gaps.
    """

    def __init__(self, tokenizer: bytes, level: str, end: int, unknown: int) -> None:
        self._level, self._end = level, end
        words = _vocabulary(tokenizer)
        if not (0 <= end < len(words) and 0 <= unknown < len(words)):
            raise BundleError("the tokenizer's vocabulary does not hold the end or the unknown token")
        self._bytes = [from_byte_characters(word) for word in words] if level == BPE else []
        for special in (end, unknown) if level == BPE else ():
            self._bytes[special] = b""
        self.texts = [data.decode("utf-8", "replace") for data in self._bytes] if level == BPE else words
        self.texts[unknown] = "" if level == BPE else "\ufffd"
        self.texts[end] = "\n" if level == BLANK else ""

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.texts)

    def decoder(self, after: str = "") -> PieceDecoder:
        """Puts tokens together that follow the text `after`."""
        return PieceDecoder(self, after)

    def text_of(self, tokens: Sequence[int], after: str = "") -> str:
        """The text of tokens that follow the text `after`."""
        decoder = self.decoder(after)
        return "".join(map(decoder.feed, tokens)) + decoder.finish()

    def is_blank_level(self) -> bool:
        """Whether tokens are put together with blanks."""
        return self._level == BLANK

    def data_of(self, token: int) -> bytes | None:
        """The bytes of a byte-level token; None where tokens are text."""
        return self._bytes[token] if self._bytes else None


class PieceDecoder:
    """Text as it comes: a character whose bytes are in several tokens is passed on when it is whole."""

    def __init__(self, pieces: Pieces, after: str) -> None:
        self._pieces = pieces
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._glued = not after or after[-1] in " \n"

    def feed(self, token: int) -> str:
        """The text that this token adds."""
        data = self._pieces.data_of(token)
        if data is not None:
            return self._utf8.decode(data)
        text = self._pieces.texts[token]
        if not self._pieces.is_blank_level():
            return text
        added = text if self._glued or text == "\n" else f" {text}"
        self._glued = text == "\n"
        return added

    def finish(self) -> str:
        """What is left: bytes of a character that never became whole, as U+FFFD."""
        return self._utf8.decode(b"", final=True)


def _vocabulary(tokenizer: bytes) -> list[str]:
    try:
        vocabulary = json.loads(tokenizer)["model"]["vocab"]
        words = {int(number): str(word) for word, number in vocabulary.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(f"the tokenizer has no vocabulary: {error!r}") from error
    if not words or len(words) > _MOST_TOKENS or sorted(words) != list(range(len(words))):
        raise BundleError("the tokenizer's vocabulary has gaps")
    return [words[number] for number in range(len(words))]
