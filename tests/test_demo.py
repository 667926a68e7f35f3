"""The demonstration on sentences of our own: every step of `make demo`, in half a minute."""

from __future__ import annotations

import re
import subprocess
import sys

from fixtures.make import write_sentences


def test_demo_from_end_to_end(tmp_path):
    data, out = tmp_path / "sentences.csv", tmp_path / "out"
    write_sentences(data, 150)
    words = ["demo", "--data", str(data), "--out", str(out), "--preset", "tiny", "--seed", "3"]
    process = subprocess.run(
        [sys.executable, "-m", "edgernn.edge_runtime.cli.main", *words], capture_output=True, check=False
    )
    table, log = process.stdout.decode(), process.stderr.decode()
    assert process.returncode == 0, log
    for line in ("$ edgernn train classify --data", "$ edgernn convert", "epoch   1", "$ edgernn selftest"):
        assert line in log
    rows = {line.split("  ")[0]: re.split(r"\s{2,}", line)[1:] for line in table.splitlines() if line}
    assert rows["test accuracy"][0] == rows["test accuracy"][1]
    assert rows["self-test"] == ["passed (20)", "passed (20)"]
    assert [len(rows[name]) for name in ("file", "time a message (median)", "peak memory")] == [3, 3, 3]
    names = sorted(p.relative_to(out).as_posix() for p in out.iterdir())
    assert names == ["dynamic_wi8.tflite", "float32.tflite", "model", "report.html"]
    html = (out / "report.html").read_text()
    for part in ("Gained and lost", "Confusion matrix", "<polyline", "FULLY_CONNECTED", "sentences.csv"):
        assert part in html
    assert not re.search(r"https?://|<script|<link", html)
