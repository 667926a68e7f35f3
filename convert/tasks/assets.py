"""Files of a training's folder, as bundles hold them."""

from __future__ import annotations

import json
from pathlib import Path

from edgernn.edge_runtime.errors import InputError


def compact_json(path: Path) -> bytes:
    """A JSON file without blanks that nobody reads.

    Raises:
      InputError: it is not there, or damaged.
    """
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}): train again") from error
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
