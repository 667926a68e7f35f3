"""`python -m edgernn.devices.conformance OUT_DIR [--bundles DIR]`: writes the vectors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edgernn.devices.conformance.areas import write_vectors
from edgernn.edge_runtime.errors import EdgeRNNError

# In a checkout; an installed kit has no fixtures.
_FIXTURES = Path(__file__).resolve().parents[2] / "tests" / "fixtures"


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 2 where a bundle is missing or the folder cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m edgernn.devices.conformance", description=__doc__)
    parser.add_argument("out", type=Path, help="folder, made where there is none")
    parser.add_argument("--bundles", type=Path, default=_FIXTURES, help="folder of the small bundles")
    options = parser.parse_args(arguments)
    try:
        written = write_vectors(options.out, options.bundles)
    except (EdgeRNNError, OSError) as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    print(f"{options.out}: {len(written)} files, {sum(path.stat().st_size for path in written):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
