"""`edgernn export-app`: a ready project for a phone or a browser, with a bundle inside."""

from __future__ import annotations

import argparse
from pathlib import Path

# Named here, so that help needs none of their code; a test compares them with the registry.
PLATFORM_NAMES = ("web", "android", "ios")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE.tflite")
    parser.add_argument("--platform", choices=PLATFORM_NAMES, required=True, help="what the app is to run on")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="DIR", help="of the project; must not exist, or be empty"
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="that people see (default: the bundle's name)")
    parser.add_argument(
        "--name", default="", metavar="NAME", help="of the project, for tools (default: made from the bundle's name)"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="write into a folder that holds files; those of the same names are replaced",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(args: argparse.Namespace) -> int:
    """Writes the project, and says how to build it."""
    from edgernn.devices.export.api import export_app
    from edgernn.edge_runtime.cli.output import print_json

    done = export_app(args.bundle, args.platform, args.out, title=args.title, name=args.name, force=args.force)
    if args.json:
        print_json(
            {
                "folder": str(done.folder),
                "platform": done.platform,
                "files": done.files,
                "bytes": done.size,
                "next": list(done.next_steps),
            }
        )
        return 0
    print(f"{done.folder}: {done.files} files, {done.size:,} bytes, for {done.platform}")
    print(f"next: cd {done.folder} && {' && '.join(done.next_steps)}")
    return 0
