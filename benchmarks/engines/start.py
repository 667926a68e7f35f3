"""From nothing to the first token of workload W4: a fresh process each time, engines in turn.

    python benchmarks/engines/start.py          (after run.py, whose models and environments it uses; writes start.md)

A process starts Python, imports the engine, loads the 8-bit model and computes one token. Its time is wall-clock time;
its memory is the most that it ever held.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

from edgernn.edge_runtime.files import cache_dir

HERE = Path(__file__).parent
_EDGERNN = """
from edgernn.edge_runtime import load
load("{models}/W4.dynamic_wi8.edgernn.tflite").session().step(1)
"""
_LITERT = """
import numpy as np
from ai_edge_litert.interpreter import Interpreter
native = Interpreter("{models}/W4.dynamic.ordinary.tflite", num_threads=1)
native.allocate_tensors()
for tensor in native.get_input_details():
    native.set_tensor(tensor["index"], np.zeros(tensor["shape"], tensor["dtype"]))
native.invoke()
native.get_tensor(native.get_output_details()[0]["index"])
"""
_ONNXRUNTIME = """
import numpy as np
import onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession("{models}/W4.int8.onnx", options)
types = {{"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32}}
sizes = lambda shape: [size if isinstance(size, int) else 1 for size in shape]
session.run(None, {{i.name: np.zeros(sizes(i.shape), types[i.type]) for i in session.get_inputs()}})
"""
# The program of each engine; "python" and "numpy" are what all of them begin with.
PROGRAMS = {"python": "", "numpy": "import numpy", "edgernn": _EDGERNN, "litert": _LITERT, "onnxruntime": _ONNXRUNTIME}
_PEAK = "\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"


def main() -> int:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description="From nothing to the first token.")
    parser.add_argument("--folder", default=str(cache_dir() / "engines"), help="that run.py was given")
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    folder = Path(options.folder)
    commands = {name: _command(name, program, folder) for name, program in PROGRAMS.items()}
    times: dict[str, list[float]] = {name: [] for name in commands}
    peaks: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            if done.returncode:
                print(f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
                continue
            times[name].append(1e3 * (time.perf_counter() - start))
            peaks[name].append(float(done.stdout.split()[-1]) * 1024 / 1e6)
    rows = [
        f"| {name} | {statistics.median(times[name]):.0f} | {statistics.median(peaks[name]):.0f} |"
        for name in commands
        if times[name]
    ]
    table = "\n".join(["| process | milliseconds | peak memory, MB |", "|---|---|---|", *rows])
    (HERE / "start.md").write_text(table + "\n", encoding="utf-8")
    print(table)
    return 0


def _command(name: str, program: str, folder: Path) -> list[str]:
    own = folder / name / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    return [python, "-c", program.format(models=folder / "models") + _PEAK]


if __name__ == "__main__":
    sys.exit(main())
