"""Ends a stream of text before a stop string, also where the string comes in pieces."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Passes text on, but for what may be the beginning of a stop string.

    Args:
      strings: before the first of which the text ends; none: everything passes.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = tuple(strings)
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """What can be passed on now; nothing more once `stopped`."""
        if not self._strings:
            return text
        if self.stopped:
            return ""
        self._held += text
        found = [place for string in self._strings if (place := self._held.find(string)) >= 0]
        if found:
            self.stopped = True
            passed, self._held = self._held[: min(found)], ""
            return passed
        keep = max((self._overlap(string) for string in self._strings), default=0)
        cut = len(self._held) - keep
        passed, self._held = self._held[:cut], self._held[cut:]
        return passed

    def finish(self) -> str:
        """What was held back, when nothing more comes."""
        passed, self._held = self._held, ""
        return passed

    def _overlap(self, string: str) -> int:
        """Length of the longest end of the held text that begins `string`."""
        for size in range(min(len(string) - 1, len(self._held)), 0, -1):
            if self._held.endswith(string[:size]):
                return size
        return 0
