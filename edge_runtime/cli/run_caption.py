"""`edgernn run` for captioners: pictures, folders or a camera in, a line for each out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.edge_runtime.caption.options import CaptionOptions
from edgernn.edge_runtime.caption.outcome import Caption
from edgernn.edge_runtime.cli.caption_settings import caption_settings
from edgernn.edge_runtime.cli.output import one_line
from edgernn.edge_runtime.decode.settings import settings_as, with_beams
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tasks.caption import ImageCaptioner
from edgernn.edge_runtime.vision import frames, load_picture, read_picture
from edgernn.edge_runtime.vision.picture import Source

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_EVERY = 2.0


@dataclass(frozen=True)
class _Shown:
    """A picture: how its line begins, what its JSON tells, what its drawings are called, and itself."""

    head: str
    facts: dict[str, Any]
    stem: str
    source: Source


def run_caption(model: ImageCaptioner, args: argparse.Namespace) -> int:
    """Captions every picture; one that cannot be read is told, and the others go on."""
    given = caption_settings(args)
    settings = {"beams": 1, **given} if args.stream else with_beams(given, CaptionOptions.beams)
    settings_as(CaptionOptions, settings)
    if args.stream and (args.json or "n_best" in settings or args.draw or args.attention):
        raise InputError("--stream shows one caption as it comes: leave --json, --n-best, --draw and --attention out")
    if args.camera is not None and args.input:
        raise InputError("name pictures or --camera, not both")
    pictures, several = (_filmed(args), True) if args.camera is not None else _named(args.input)
    run = _Run(model, args, settings, several)
    return 2 if sum([run.show(one) for one in pictures]) else 0


class _Run:
    def __init__(
        self, model: ImageCaptioner, args: argparse.Namespace, settings: dict[str, Any], several: bool
    ) -> None:
        self._model, self._args, self._settings = model, args, settings
        self._several = several
        for folder in (args.draw, args.attention):
            if several and folder:
                Path(folder).mkdir(parents=True, exist_ok=True)

    def show(self, one: _Shown) -> bool:
        """Whether something went wrong."""
        try:
            if self._args.stream:
                self._stream(one)
            else:
                self._caption(one)
        except InputError as error:
            # Standard output is the pictures' order; errors must not overtake it.
            sys.stdout.flush()
            if self._args.json:
                print(json.dumps({**one.facts, "error": str(error)}), flush=True)
            else:
                print(f"edgernn run: {one_line(str(error))}", file=sys.stderr)
            return True
        return False

    def _stream(self, one: _Shown) -> None:
        parts = self._model.caption(one.source, stream=True, **self._settings)
        print(f"{one.head}: ", end="", flush=True)
        for part in parts:
            print(one_line(part), end="", flush=True)
        print(flush=True)

    def _caption(self, one: _Shown) -> None:
        picture = load_picture(one.source, self._model.task.image)
        attended = bool(self._args.attention)
        found = self._model.caption_prepared(picture, **self._settings, attention=attended)
        if self._args.json:
            captions = [{"text": caption.text, "score": caption.score} for caption in found]
            print(json.dumps({**one.facts, "captions": captions}), flush=True)
        else:
            self._print(one.head, found)
        self._draw(one, picture, found[0])

    def _print(self, head: str, found: list[Caption]) -> None:
        for caption in found:
            score = f"{caption.score:.4f}\t" if "n_best" in self._settings else ""
            print(f"{score}{head}: {one_line(caption.text)}", flush=True)

    def _draw(self, one: _Shown, picture: Any, caption: Caption) -> None:
        from edgernn.edge_runtime.caption.drawing import attention_tiles, halvings_to_draw, with_caption, write_picture

        drawings: tuple[tuple[str | None, Callable[[], Any]], ...] = (
            (self._args.draw, lambda: with_caption(read_picture(one.source, halvings=halvings_to_draw), caption.text)),
            (self._args.attention, lambda: attention_tiles(picture, caption.attention)),
        )
        for place, draw in drawings:
            if place:
                path = Path(place, f"{one.stem}.png") if self._several else Path(place)
                try:
                    drawn = draw()
                except InputError as error:
                    raise InputError(f"{path}: {error}") from error
                write_picture(path, drawn)


def _named(inputs: list[str]) -> tuple[Iterator[_Shown], bool]:
    """The pictures, and whether drawings go into a folder."""
    if not inputs:
        raise InputError("name pictures, a folder of them, - for one on standard input, or --camera")
    several = len(inputs) > 1 or Path(inputs[0]).is_dir()
    paths = [path for name in inputs for path in _paths(name)]
    # Two folders may hold pictures of one name.
    stems: dict[str, int] = {}
    shown = []
    for path in paths:
        stem = path.stem if path.name != "-" else "picture"
        stems[stem] = stems.get(stem, 0) + 1
        unique = stem if stems[stem] == 1 else f"{stem}.{stems[stem]}"
        shown.append(_Shown(one_line(str(path)), {"file": str(path)}, unique, str(path)))
    return (_read(one) for one in shown), several


def _read(one: _Shown) -> _Shown:
    return _Shown(one.head, one.facts, one.stem, sys.stdin.buffer.read()) if one.source == "-" else one


def _paths(name: str) -> list[Path]:
    folder = Path(name)
    if not folder.is_dir():
        return [folder]
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in _SUFFIXES and not p.name.startswith("."))
    if not found:
        raise InputError(f"{name}: holds no picture ({', '.join(_SUFFIXES)})")
    return found


def _filmed(args: argparse.Namespace) -> Iterator[_Shown]:
    source = int(args.camera) if args.camera.isdecimal() else args.camera
    film = frames(source, _EVERY if args.every is None else args.every)
    for number, frame in enumerate(film):
        if args.seconds is not None and frame.seconds > args.seconds:
            return
        seconds = round(frame.seconds, 3)
        yield _Shown(
            f"{seconds:.1f} s", {"seconds": seconds, "frame": frame.number}, f"{frame.number:08}", frame.picture
        )
        # Before the next one is waited for.
        if number + 1 == args.max_frames:
            return
