"""Image captioning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, overload

import numpy as np

from edgernn.edge_runtime.bundle import Bundle
from edgernn.edge_runtime.caption.describe import Describer
from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.caption.outcome import Caption
from edgernn.edge_runtime.decode.settings import settings_as
from edgernn.edge_runtime.encoder_decoder import EncoderDecoder
from edgernn.edge_runtime.engines import EngineOptions
from edgernn.edge_runtime.errors import BundleError, InputError
from edgernn.edge_runtime.spec.caption import CaptionSpec
from edgernn.edge_runtime.text.pieces import Pieces
from edgernn.edge_runtime.vision import Pixels, load_picture
from edgernn.edge_runtime.vision.picture import Source


class ImageCaptioner(EncoderDecoder):
    """Says in a sentence what is in a picture. See `Model` for the arguments."""

    def __init__(self, bundle: Bundle, options: EngineOptions | None = None, engine: str | None = None) -> None:
        super().__init__(bundle, options, engine)
        task = bundle.manifest.typed_task
        if not isinstance(task, CaptionSpec):
            raise BundleError(f"{bundle.path}: not a captioner")
        self._task = task
        pieces = Pieces(bundle.assets[task.tokenizer], task.level, task.end, task.unknown)
        _check(bundle, task, len(pieces))
        self._describer = Describer(self, task, pieces)

    @property
    def task(self) -> CaptionSpec:
        """What the bundle says of the task."""
        return self._task

    @overload
    def caption(self, source: Source, *, stream: Literal[False] = ..., **settings: object) -> list[Caption]: ...
    @overload
    def caption(self, source: Source, *, stream: Literal[True], **settings: object) -> Iterator[str]: ...
    @overload
    def caption(
        self, source: list[Source] | tuple[Source, ...], *, stream: Literal[False] = ..., **settings: object
    ) -> list[list[Caption]]: ...
    def caption(
        self, source: Source | list[Source] | tuple[Source, ...], *, stream: bool = False, **settings: object
    ) -> list[Caption] | list[list[Caption]] | Iterator[str]:
        """What is in a picture.

        Args:
          source: a file's path, its bytes, or an array: uint8 [height, width], or [height, width, 1, 3 (RGB) or 4]; or
            a list of such.
          stream: give one picture's caption as it comes, always by the likeliest token.
          settings: see `CaptionOptions` (beams, n_best, length_penalty, max_tokens, max_seconds, attention).

        Returns:
          The n best captions, the best first, of one token or more each. Of a list, a list of these. With `stream` an
          iterator of parts, which add up to the caption.

        Raises:
          InputError: no picture, damaged, or too large; or a setting is unknown or out of its range.
        """
        if stream:
            options = settings_as(CaptionOptions, {"beams": 1, **settings})
            if isinstance(source, (list, tuple)) or options.beams != 1:
                raise InputError("a stream is of one picture and one hypothesis: leave lists and beams out")
            return self._describer.stream(self._prepared(source), options)
        options = settings_as(CaptionOptions, settings)
        if isinstance(source, (list, tuple)):
            return [self._describer.describe(self._prepared(one), options) for one in source]
        return self._describer.describe(self._prepared(source), options)

    def caption_prepared(self, picture: Pixels, **settings: object) -> list[Caption]:
        """As `caption`, of a picture that `load_picture` has made: uint8 [size, size, 3], RGB."""
        wanted = (self._task.image.size, self._task.image.size, 3)
        if picture.dtype != np.uint8 or picture.shape != wanted:
            raise InputError(f"expected uint8 {list(wanted)}, found {picture.dtype} {list(picture.shape)}")
        return self._describer.describe(picture, settings_as(CaptionOptions, settings))

    def said(self, picture: Pixels) -> str:
        """The likeliest tokens' caption of a picture that `load_picture` has made: uint8 [size, size, 3], RGB."""
        return self.caption_prepared(picture, beams=1)[0].text

    def _prepared(self, source: Source) -> Pixels:
        return load_picture(source, self._task.image)


def _check(bundle: Bundle, task: CaptionSpec, tokens: int) -> None:
    manifest, size = bundle.manifest, task.image.size
    places = task.grid[0] * task.grid[1]
    found = {tensor.name: tuple(tensor.shape) for tensor in manifest.outputs}
    for name, last in ((task.logits, tokens), (task.attention, places)):
        if found.get(name) != (1, None, last):
            raise BundleError(f"{bundle.path}: its model has no output {name!r} of shape [1, time, {last}]")
    given = {tensor.name: tuple(tensor.shape) for tensor in manifest.inputs}
    if given != {task.picture: (1, size, size, 3), task.token: (1, None)}:
        raise BundleError(
            f"{bundle.path}: its model's inputs are not {task.picture!r} [1, {size}, {size}, 3] and {task.token!r}"
        )
    if max(task.begin, task.end, task.pad, task.unknown) >= tokens:
        raise BundleError(f"{bundle.path}: begin, end, pad or unknown is beyond the vocabulary of {tokens} tokens")
