"""What `edgernn run` takes for captioners, beside what they share with language models and translators."""

from __future__ import annotations

import argparse
from typing import Any

from edgernn.edge_runtime.cli.given import given_flags, given_settings, refuse_flags
from edgernn.edge_runtime.errors import InputError

_OWN = ("attention", "draw", "camera", "every", "seconds", "max_frames")


def add_caption_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what only captioners take."""
    group = parser.add_argument_group(
        "captioners", "see also --beams, --n-best, --length-penalty, --max-tokens, --max-seconds and --stream"
    )
    group.add_argument("--draw", metavar="PNG|DIR", help="write the picture with its caption; of several, a folder")
    group.add_argument("--attention", metavar="PNG|DIR", help="draw where each word looked; of several, a folder")
    group.add_argument("--camera", metavar="N|VIDEO", help="caption what a camera or a video file shows")
    group.add_argument("--every", type=float, metavar="S", help="seconds between two frames (default: 2)")
    group.add_argument("--seconds", type=float, metavar="S", help="end after so many of the camera or video")
    group.add_argument("--max-frames", type=int, metavar="N", help="end after so many captions")


def caption_settings(args: argparse.Namespace) -> dict[str, Any]:
    """The settings of `ImageCaptioner.caption` that were given.

    Raises:
      InputError: one of them is for other models, or needs --camera.
    """
    if args.camera is None and (given := given_flags(args, ("every", "seconds", "max_frames"))):
        raise InputError(f"{given}: for --camera only")
    for name in ("seconds", "max_frames"):
        if (value := getattr(args, name)) is not None and not value > 0:
            raise InputError(f"--{name.replace('_', '-')} must be more than 0, not {value}")
    return given_settings(args, "captioner", ("n_best",))


def refuse_caption_arguments(args: argparse.Namespace) -> None:
    """Raises InputError where a setting of captioners was given for another model."""
    refuse_flags(args, "captioner", _OWN)
