"""Daily prices of five shares: does a network beat the random walk?

    python benchmarks/forecast/stocks.py          (two minutes on 2 cores; writes stocks.md)

The last 15 % of each series is forecast from origins ten trading days apart; scales, seasons and filling know nothing
of what lies behind an origin.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from competitions import edgernn

HERE = Path(__file__).parent


def main() -> int:
    """Trains, converts, measures and writes."""
    parser = argparse.ArgumentParser(description="Daily prices of five shares.")
    parser.add_argument("--folder", default="competitions", help="for the training and the bundle")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(options.folder)
    folder.mkdir(parents=True, exist_ok=True)
    trained, bundle = folder / "stocks", folder / "stocks.tflite"
    edgernn("data", "fetch", "stocks")
    edgernn("train", "forecast", "--data", "stocks", "--out", trained, "--seed", options.seed)
    edgernn("convert", trained, "-o", bundle)
    found = json.loads(edgernn("eval", bundle, "--data", "stocks", "--json"))
    rows = {"EdgeRNN, 8 bits": found["metrics"], **found["baselines"]}
    lines = ["| method | sMAPE | MASE | 80 % range | 95 % range |", "|---|---|---|---|---|"]
    for method, figures in rows.items():
        ranges = [f"{100 * figures[n]:.1f} %" if n in figures else "" for n in ("coverage_80", "coverage_95")]
        lines.append(f"| {method} | {figures['smape']:.2f} | {figures['mase']:.3f} | {' | '.join(ranges)} |")
    lines += ["", "| against | error ratio | Diebold-Mariano | p | verdict |", "|---|---|---|---|---|"]
    lines += [
        f"| {'random walk' if name == 'naive' else name} | {test['error_ratio']:.3f} | {test['statistic']:+.2f} | "
        f"{test['p_value']:.3f} | {test['verdict']} |"
        for name, test in found["tests"].items()
    ]
    text = "\n".join(lines) + "\n"
    (HERE / "stocks.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
