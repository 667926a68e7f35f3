"""The test part of tatoeba-en-es: Tatoeba's numbers of its English sentences.

    edgernn data fetch tatoeba-en-es
    python benchmarks/translate/list_test_ids.py

Writes test_ids.txt beside this file. Which sentences these are follows from a rule (`edgernn.train.data.tatoeba`); the
list is there so that others can measure on the same ones.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from edgernn.edge_runtime.examples.source import locate


def main() -> int:
    """Writes the list."""
    found: set[int] = set()
    with locate("tatoeba-en-es").path.open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            if record["split"] == "test":
                found.add(record["ids"][0])
    lines = "".join(f"{number}\n" for number in sorted(found))
    Path(__file__).with_name("test_ids.txt").write_text(lines, encoding="utf-8", newline="\n")
    print(f"{len(found):,} English sentences")
    return 0


if __name__ == "__main__":
    sys.exit(main())
