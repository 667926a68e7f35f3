"""`edgernn serve`: models over HTTP, beside the device's other services."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edgernn.edge_runtime.cli.common import add_engine_arguments

if TYPE_CHECKING:
    from edgernn.edge_runtime.model import Model
    from edgernn.edge_runtime.serve.options import ServeOptions

# A phone's picture; texts are smaller.
_PICTURE_BYTES, _TEXT_BYTES = 10_000_000, 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument(
        "bundles", nargs="+", metavar="[NAME=]BUNDLE.tflite", help="models; a name is by default that of the file"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: 127.0.0.1, this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8080, metavar="N", help="0: one that is free (default: 8080)")
    parser.add_argument(
        "--token-file", metavar="FILE", help="clients must show what is in it; needed where other machines can connect"
    )
    parser.add_argument(
        "--max-body", type=int, metavar="BYTES", help="of a request (default: 1,000,000; with a captioner 10,000,000)"
    )
    parser.add_argument("--timeout", type=float, default=30.0, metavar="S", help="seconds for a request (default: 30)")
    parser.add_argument("--workers", type=int, default=4, metavar="N", help="calls of models at once (default: 4)")
    parser.add_argument("--queue", type=int, default=16, metavar="N", help="requests that may wait (default: 16)")
    parser.add_argument("--sessions", type=int, default=100, metavar="N", help="open at once (default: 100)")
    parser.add_argument(
        "--session-idle",
        type=float,
        default=600.0,
        metavar="S",
        help="close a session unused for so long (default: 600)",
    )
    add_engine_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serves until it is told to end; 0 then, 1 where a model fails its self-test."""
    from edgernn.edge_runtime.extras import require

    require("serve", "starlette", "uvicorn", "prometheus_client", "python_multipart")
    from edgernn.edge_runtime.serve.models import open_models
    from edgernn.edge_runtime.serve.server import open_socket, serve

    options = _options(args)
    # Before the models are loaded: what is wrong with it is told at once. It listens when they are ready.
    bound, hosts = open_socket(options)
    with bound:
        models = open_models(args.bundles, lambda path: _load(path, args))
        has_pictures = any(one.task == "caption" for one in models)
        return serve(models, _with_body(options, args.max_body, has_pictures), bound, hosts)


def _options(args: argparse.Namespace) -> ServeOptions:
    from edgernn.edge_runtime.serve.options import ServeOptions, read_token

    return ServeOptions(
        host=args.host,
        port=args.port,
        token=read_token(Path(args.token_file)) if args.token_file else None,
        max_body=args.max_body if args.max_body is not None else _TEXT_BYTES,
        timeout=args.timeout,
        workers=args.workers,
        queue=args.queue,
        sessions=args.sessions,
        session_idle=args.session_idle,
    )


def _with_body(options: ServeOptions, given: int | None, has_pictures: bool) -> ServeOptions:
    from dataclasses import replace

    return replace(options, max_body=_PICTURE_BYTES) if given is None and has_pictures else options


def _load(path: str, args: argparse.Namespace) -> Model:
    from edgernn.edge_runtime.loading import load

    return load(path, threads=args.threads, engine=args.engine, cache=args.cache, cores=args.cores)
