"""EdgeRNN against other engines: six workloads, the same weights, one thread, every engine in one interleaved run.

    python benchmarks/engines/run.py            (makes an environment an engine; writes results.json and results.md)

Every engine lives in a process of its own that is stopped while another one is timed. Its outputs are compared with
float64 NumPy before it is timed; one that is wrong is left out. An engine that cannot be installed or loaded is named
and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workloads import WORKLOADS

from edgernn.edge_runtime.doctor import diagnose
from edgernn.edge_runtime.files import cache_dir

HERE = Path(__file__).parent
OURS = "edgernn"
# What pip installs for each engine; none: the kit's own environment has it.
ENGINES: dict[str, list[str]] = {
    OURS: [],
    "litert": [],
    "tensorflow": [],
    "onnxruntime": ["onnxruntime", "onnx"],
    "openvino": ["openvino", "onnx"],
    "ncnn": ["ncnn", "numpy"],
    "mnn": ["MNN", "numpy", "onnx"],
    "pytorch": ["torch==2.13.0+cpu", "numpy"],
}
# Greatest error, as a part of the outputs' scale, of an engine that computes the workload.
TOLERANCE = {"float32": 1e-3, "reduced": 8e-2}


@dataclass
class Worker:
    """An engine's process."""

    engine: str
    command: list[str]
    core: int
    process: Any = None
    variants: dict[str, str] = field(default_factory=dict)

    def start(self) -> str | None:
        """Starts it; the reason where it cannot."""
        environment = dict(os.environ, OMP_NUM_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
        environment["KERAS_BACKEND"] = "tensorflow"
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            cwd=HERE,
            env=environment,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.core}),
        )
        ready = self._answer()
        if "error" in ready:
            return str(ready["error"])
        self.variants = ready["variants"]
        return None

    def ask(self, **task: Any) -> dict[str, Any]:
        """Lets it run until it has answered."""
        if self.process.poll() is not None and (reason := self.start()):
            return {"error": reason}
        os.kill(self.process.pid, signal.SIGCONT)
        try:
            self.process.stdin.write(json.dumps(task) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return {"error": "its process ended"}
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            return {"error": f"its process ended with status {self.process.returncode}"}
        os.kill(self.process.pid, signal.SIGSTOP)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Ends it."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def main() -> int:
    """Prepares, measures, writes."""
    options = _options()
    folder = Path(options.folder)
    subprocess.run(
        [sys.executable, str(HERE / "make_models.py"), str(folder / "models")], check=True, stderr=subprocess.DEVNULL
    )
    chosen = [name for name in ENGINES if not options.only or name in (OURS, *options.only.split(","))]
    skipped: dict[str, str] = {}
    workers: dict[str, Worker] = {}
    for name in chosen:
        python = _environment(name, folder, skipped)
        if python:
            worker = Worker(name, [python, str(HERE / "worker.py"), name, str(folder / "models")], options.core)
            if reason := worker.start():
                skipped[name] = reason
            else:
                workers[name] = worker
    rows: list[dict[str, Any]] = []
    try:
        for workload in options.workloads.split(","):
            rows += _measure(workload, workers, options)
    finally:
        for worker in workers.values():
            worker.end()
    _write(rows, skipped, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="EdgeRNN against other engines.")
    parser.add_argument("--folder", default=str(cache_dir() / "engines"), help="for environments and models")
    parser.add_argument("--only", help="engines, by comma (default: all)")
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--calls", type=int, default=10, help="in each round")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="that all engines run on")
    parser.add_argument("--out", default=str(HERE / "results.json"))
    return parser.parse_args()


def _environment(name: str, folder: Path, skipped: dict[str, str]) -> str | None:
    packages = ENGINES[name]
    if not packages:
        return sys.executable
    place = folder / name
    python = place / "bin" / "python"
    if (place / "ready").exists():
        return str(python)
    print(f"installing {name}", file=sys.stderr)
    for command in ([sys.executable, "-m", "venv", str(place)], [str(python), "-m", "pip", "install", "-q", *packages]):
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            skipped[name] = f"cannot be installed: {(done.stderr.strip().splitlines() or ['?'])[-1][:200]}"
            return None
    (place / "ready").touch()
    return str(python)


def _measure(workload: str, workers: dict[str, Worker], options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for name, worker in workers.items():
        for variant, group in worker.variants.items():
            answer = worker.ask(do="load", workload=workload, variant=variant)
            row = {"workload": workload, "engine": name, "variant": variant, "group": group, "times": [], **answer}
            if "error" in answer:
                row["fault"] = row.pop("error")
            elif not answer["deviation"] <= TOLERANCE[group]:
                row["fault"] = f"its outputs are wrong by {answer['deviation']:.2g} of their scale"
            rows.append(row)
    live = [row for row in rows if "fault" not in row]
    # A run of one that decodes is as many calls as it has tokens.
    calls = max(1, options.calls // 4) if WORKLOADS[workload].decodes else options.calls
    for number in range(options.rounds):
        order = list(live)
        random.Random(number).shuffle(order)
        for row in order:
            answer = workers[row["engine"]].ask(do="run", workload=workload, variant=row["variant"], calls=calls)
            row["times"].append(answer.get("times", []))
    for row in live:
        workers[row["engine"]].ask(do="drop", workload=workload, variant=row["variant"])
        row["rounds"] = [statistics.median(times) for times in row.pop("times") if times]
        row["median"] = statistics.median(row["rounds"])
        row["least"] = min(row["rounds"])
    for row in rows:
        row.pop("times", None)
        shown = row.get("fault") or f"{row['median']:9.1f} us  deviation {row['deviation']:.1e}"
        print(f"{workload} {row['engine']:12}{row['variant']:14}{shown}", flush=True)
    return rows


def _write(rows: list[dict[str, Any]], skipped: dict[str, str], options: argparse.Namespace) -> None:
    out = Path(options.out)
    document = {
        "command": "python benchmarks/engines/run.py",
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {diagnose().system['processor']}, one thread",
        "skipped": skipped,
        "ratios": _ratios(rows),
        "rows": rows,
    }
    out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    out.with_suffix(".md").write_text(_table(document), encoding="utf-8")
    print(_table(document))


def _ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """EdgeRNN to the best other engine, round by round: what disturbs one round disturbs both."""
    found = []
    for workload in dict.fromkeys(row["workload"] for row in rows):
        for group in ("reduced", "float32"):
            live = [r for r in rows if r["workload"] == workload and r["group"] == group and "median" in r]
            ours = sorted((r for r in live if r["engine"] == OURS), key=lambda r: float(r["median"]))
            others = sorted((r for r in live if r["engine"] != OURS), key=lambda r: float(r["median"]))
            if ours and others:
                best = others[0]
                paired = [a / b for a, b in zip(ours[0]["rounds"], best["rounds"], strict=False)]
                found.append(
                    {
                        "workload": workload,
                        "group": group,
                        "ratio": statistics.median(paired),
                        "best_other": f"{best['engine']} {best['variant']}",
                    }
                )
    return found


def _table(document: dict[str, Any]) -> str:
    ratios = {(r["workload"], r["group"]): r for r in document["ratios"]}
    lines = [
        "| workload | 8-bit or less: EdgeRNN / best other | best other | float32: EdgeRNN / best other | best other |",
        "|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(r["workload"] for r in document["rows"]):
        cells = []
        for group in ("reduced", "float32"):
            ratio = ratios.get((name, group))
            cells += [f"{ratio['ratio']:.2f}", ratio["best_other"]] if ratio else ["", ""]
        lines.append(f"| {name}: {WORKLOADS[name].title} | " + " | ".join(cells) + " |")
    lines += ["", f"Medians in microseconds ({document['machine']}):", "", *_medians(document["rows"])]
    left_out = {f"{r['workload']} {r['engine']} {r['variant']}": r["fault"] for r in document["rows"] if "fault" in r}
    for name, reason in {**document["skipped"], **left_out}.items():
        lines.append(f"\nLeft out: {name}: {reason}")
    return "\n".join(lines) + "\n"


def _medians(rows: list[dict[str, Any]]) -> list[str]:
    names = list(dict.fromkeys(row["workload"] for row in rows))
    lines = ["| engine | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for engine, variant in dict.fromkeys((row["engine"], row["variant"]) for row in rows):
        found = {r["workload"]: r for r in rows if (r["engine"], r["variant"]) == (engine, variant)}
        cells = [f"{found[n]['median']:.0f}" if "median" in found.get(n, {}) else "-" for n in names]
        lines.append(f"| {engine}, {variant} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
