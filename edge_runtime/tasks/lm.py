"""Language models: the next word, and text that goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Literal, overload

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.decode import DecodeOptions, Sampler, beam_search
from edgernn.edge_runtime.decode.stop import StopStrings
from edgernn.edge_runtime.engines import EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.lm.adaptation import Adaptation
from edgernn.edge_runtime.lm.prefixes import Prefixes
from edgernn.edge_runtime.lm.state import Reading
from edgernn.edge_runtime.lm.words import Suggestion, Words, typed
from edgernn.edge_runtime.model import Model
from edgernn.edge_runtime.spec.lm import LmSpec
from edgernn.edge_runtime.text import clean_text, load_tokenizer
from edgernn.edge_runtime.text.pieces import Pieces

# A token is seldom longer: of a longer prompt not more characters are even tokenized.
_CHARS_A_TOKEN = 16
_CANDIDATES = 4


class LanguageModel(Model):
    """Predicts words and generates text. See `Model` for the arguments.

    Attributes:
      adaptation: what the user has written, or None where nothing is learnt.
    """

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, LmSpec):
            raise BundleError(f"{bundle.path}: not a language model")
        self._task = task
        self._tokenizer = load_tokenizer(bundle.assets[task.tokenizer])
        self._pieces = Pieces(bundle.assets[task.tokenizer], task.level, task.end, task.unknown)
        _check_output(bundle, task.output, len(self._pieces))
        # Where the end is that of a line, texts go on after it.
        self._forbidden = (task.unknown,)
        self._words = Words(self._pieces, task.level, (task.unknown, task.end))
        self._prefixes = Prefixes()
        self.adaptation: Adaptation | None = None

    @property
    def task(self) -> LmSpec:
        """What the bundle says of the task."""
        return self._task

    @property
    def pieces(self) -> Pieces:
        """What each token is in a text."""
        return self._pieces

    def encode(self, text: str) -> list[int]:
        """Token ids of a text, its last `max_prompt` ones; lone surrogates are read as U+FFFD.

        Raises:
          InputError: not a string.
        """
        if not isinstance(text, str):
            raise InputError(f"expected a text, found {type(text).__name__}")
        most = self._task.max_prompt
        return self.encode_all(text[-most * _CHARS_A_TOKEN :])[-most:]

    def encode_all(self, text: str) -> list[int]:
        """Token ids of a text of any length."""
        text = clean_text(text, len(text))
        return self._tokenizer.encode(text.replace("\r\n", "\n").replace("\r", "\n"))

    def read(self, text: str) -> Reading:
        """The model after a text; the states after the last few texts are kept, and longer ones go on from them.

        Args:
          text: from the beginning, any length; "" for what may begin a text.
        """
        tokens = [self._task.end, *self.encode(text)]
        reading = self._prefixes.longest(tokens)
        mixer = self.adaptation.mix if self.adaptation is not None else None
        names = (self._task.input, self._task.output)
        if reading is None:
            reading = Reading(self.session(), names)
        rest = tokens[len(reading.tokens) :]
        if rest:
            reading.read(rest)
            self._prefixes.keep(reading)
        return reading.with_mixer(mixer)

    def next_tokens(self, text: str, k: int = 3) -> list[Suggestion]:
        """The k most probable words: those that complete the one being typed, and, where it may be whole, the next.

        Args:
          text: what has been typed, any length. A blank at its end says that its last word is whole.
          k: 1 or more.

        Returns:
          At most k suggestions, the most probable first; none where the vocabulary holds nothing that fits.

        Raises:
          InputError: not a string, or k is not a positive whole number.
        """
        if not isinstance(k, int) or k < 1:
            raise InputError(f"k must be a whole number, 1 or more, not {k!r}")
        if not isinstance(text, str):
            raise InputError(f"expected a text, found {type(text).__name__}")
        now = typed(text)
        found = self._words.suggest(self.read(now.before), now, k + _CANDIDATES)
        whole = next((one.score for one in found if one.text == now.partial and now.partial), 0.0)
        if whole:
            after = self._words.suggest(self.read(text), typed(text + " "), k)
            found = [one for one in found if one.text != now.partial]
            found += [replace(one, score=one.score * whole) for one in after]
        return sorted(found, key=lambda one: -one.score)[:k]

    @overload
    def generate(self, prompt: str = ..., *, stream: Literal[False] = ..., **settings: object) -> str: ...
    @overload
    def generate(self, prompt: str = ..., *, stream: Literal[True], **settings: object) -> Iterator[str]: ...
    def generate(self, prompt: str = "", *, stream: bool = False, **settings: object) -> str | Iterator[str]:
        """Text that goes on from a prompt.

        Args:
          prompt: any length; its last `max_prompt` tokens are read.
          stream: give the text as it comes.
          settings: see `DecodeOptions` (max_tokens, temperature, top_k, top_p, min_p, repetition_penalty, beams,
            length_penalty, stop, max_seconds, seed).

        Returns:
          The text without the prompt; with `stream` an iterator of its parts, which add up to the same text.

        Raises:
          InputError: a setting is unknown or out of its range.
        """
        options = _options(settings)
        parts = self._parts(prompt, options)
        return parts if stream else "".join(parts)

    def learn(self, text: str) -> None:
        """Adapts to a text of the user's, from here on; nothing leaves the device."""
        if self.adaptation is None:
            self.adaptation = self.new_adaptation()
        self.adaptation.learn([self._task.end, *self.encode(text)])

    def new_adaptation(self, path: str | os.PathLike[str] | None = None) -> Adaptation:
        """An empty memory for this model's tokens, or one that `Adaptation.save` has written.

        Raises:
          InputError: the file is none, or another model's.
        """
        digest = self.manifest.assets[self._task.tokenizer].sha256
        adaptation = Adaptation(digest, len(self._pieces))
        if path is not None and Path(path).exists():
            adaptation.load(path)
        return adaptation

    def _parts(self, prompt: str, options: DecodeOptions) -> Iterator[str]:
        started = monotonic()
        # A blank at the prompt's end belongs to the token that comes.
        cut = prompt.removesuffix(" ") if isinstance(prompt, str) and self._task.level != "char" else prompt
        reading = self.read(cut)
        tokens = (
            self._beam(reading, options)
            if options.beams > 1
            else self._drawn(reading, options, None if options.max_seconds is None else started + options.max_seconds)
        )
        stops = StopStrings(options.stop)
        decoder = self._pieces.decoder(prompt)
        blank = cut != prompt
        for token in tokens:
            text = decoder.feed(token)
            if blank and text:
                text, blank = text.removeprefix(" "), False
            if passed := stops.feed(text):
                yield passed
            if stops.stopped:
                return
        if rest := stops.feed(decoder.finish()) + stops.finish():
            yield rest

    def _drawn(self, reading: Reading, options: DecodeOptions, deadline: float | None) -> Iterator[int]:
        sampler = Sampler(options, self._forbidden)
        sampler.see(reading.tokens[1:])
        logits = reading.logits
        for number in range(options.max_tokens):
            if deadline is not None and monotonic() >= deadline:
                return
            token = sampler.choose(logits)
            if self._ends(token):
                return
            yield token
            if number + 1 < options.max_tokens:
                logits = reading.step(token)

    def _beam(self, reading: Reading, options: DecodeOptions) -> Sequence[int]:
        end = None if self._pieces.is_blank_level() else self._task.end
        return beam_search(reading, reading.logits, options, end, self._forbidden)[0].tokens

    def _ends(self, token: int) -> bool:
        return token == self._task.end and not self._pieces.is_blank_level()


def _options(settings: dict[str, object]) -> DecodeOptions:
    known = DecodeOptions.__dataclass_fields__
    if unknown := sorted(set(settings) - set(known)):
        raise InputError(f"unknown setting {', '.join(unknown)}: there are {', '.join(known)}")
    stop = settings.get("stop", ())
    if isinstance(stop, str):
        settings = {**settings, "stop": (stop,)}
    elif isinstance(stop, (list, tuple)):
        settings = {**settings, "stop": tuple(stop)}
    return DecodeOptions(**settings)  # type: ignore[arg-type]


def _check_output(bundle: Bundle, name: str, tokens: int) -> None:
    sizes = [tensor.shape[-1] for tensor in bundle.manifest.outputs if tensor.name == name and len(tensor.shape) == 3]
    if not sizes:
        raise BundleError(f"{bundle.path}: its model has no output {name!r} of shape [1, time, vocabulary]")
    if sizes[0] != tokens:
        raise BundleError(f"{bundle.path}: {tokens} tokens for {sizes[0]} outputs")
