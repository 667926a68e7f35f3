"""`edgernn demo`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.extras import require


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's options."""
    parser.add_argument("--out", default="edgernn-demo", metavar="DIR", help="for all files (default: edgernn-demo)")
    parser.add_argument("--data", default="sms-spam", metavar="NAME|PATH", help="default: sms-spam")
    parser.add_argument("--preset", default="default", metavar="NAME", help="of the training (default: default)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="default: 1")


def run(args: argparse.Namespace) -> int:
    """Runs every step, prints the table, writes the report."""
    from edgernn.convert.demo.page import demo_page
    from edgernn.convert.demo.steps import run_steps
    from edgernn.convert.demo.table import header, rows
    from edgernn.edge_runtime.cli.output import one_line, print_table
    from edgernn.edge_runtime.files import write_text

    require("train,convert", "tensorflow", "keras", "tokenizers")
    start = time.monotonic()
    out = Path(args.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {out}: {error.strerror or error}") from error
    found = run_steps(out, args.data, args.seed, args.preset)
    write_text(out / "report.html", demo_page(found))
    sys.stderr.flush()
    print()
    print_table(rows(found), header(found))
    print()
    for result in found.classified:
        best = result["categories"][0]
        print(f"{best['label']:<6}{best['score']:.3f}  {one_line(result['text'])}")
    print(f"\nreport: {out / 'report.html'}    bundles: {', '.join(str(a.path) for a in found.artifacts)}")
    print(f"done in {time.monotonic() - start:.0f} s")
    return 0
