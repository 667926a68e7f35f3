"""Does `edgernn serve` keep what it promises under load: every answer right, memory flat, overload shed and recovered?

    python benchmarks/serve/load.py [--minutes 3] [--clients 4] [--pause 0.02]

It starts the server with the small bundles of the tests on loopback. Steady clients ask all tasks in turn, plain, as
streams and in sessions, and compare every answer with the Python API's, to the last bit. Then three times as many
clients as the server has places ask at once; then one asks again. It ends with status 1 where a promise is broken.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import numpy as np

from edgernn.edge_runtime import LanguageModel, load
from edgernn.edge_runtime.files import write_text

HERE = Path(__file__).parent
FIXTURES = HERE.parent.parent / "tests" / "fixtures"
NAMES = ("tiny.int8", "words", "tagger", "translator", "series", "drawings", "sensor")
WORKERS, QUEUE, OVERLOAD_SECONDS, TIMES = 2, 4, 20.0, 3
# Promises, and the part of the steady time after which buffers and caches have their size.
MOST_GROWTH, MOST_RECOVERY_SECONDS, WARM = 0.02, 5.0, 0.25
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Case:
    """A request and its answer.

    Attributes:
      path: of the address.
      body: to send, as JSON; with a picture, as the address's query.
      answer: JSON that must come back; of a stream its last event.
      picture: a file to send, or None.
    """

    path: str
    body: dict[str, Any]
    answer: dict[str, Any]
    picture: bytes | None = None


@dataclass
class Tally:
    """What the clients have seen, by kind of request.

    Attributes:
      seconds: of right answers.
      outcomes: "right", "wrong", "lost" and statuses, counted.
      first: of what went wrong, to show.
    """

    seconds: dict[str, list[float]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    first: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, outcome: str, seconds: float, told: str = "") -> None:
        """Counts one request."""
        with self.lock:
            self.outcomes[outcome] += 1
            if outcome == "right":
                self.seconds.setdefault(kind, []).append(seconds)
            elif not self.first and outcome in ("wrong", "lost"):
                self.first = f"{kind}: {told[:300]}"


def cases() -> list[Case]:
    """All tasks, with what the Python API says."""
    models: dict[str, Any] = {name: load(FIXTURES / f"{name}.tflite") for name in NAMES}
    found: list[Case] = []

    def add(path: str, name: str, body: dict[str, Any], answer: dict[str, Any], picture: bytes | None = None) -> None:
        found.append(Case(path, body, json.loads(json.dumps({"model": name, **answer})), picture))

    for text in ("storm and rain", "soup, bread", "platform 9 is delayed", "caf\u00e9 au lait " * 30):
        categories = [{"label": c.label, "score": c.score} for c in models["tiny.int8"].classify(text)]
        add("/v1/classify", "tiny.int8", {"text": text}, {"categories": categories})
    for text in ("Ada Byron visited Rome.", "Li Wei left Nordbank in 1999. Omar praised Oslo!", "so " * 100):
        add("/v1/tag", "tagger", {"text": text}, models["tagger"].tag(text).to_dict())
    for number in range(6):
        settings = {"prompt": ["I want", "there was", "no more"][number % 3], "max_tokens": 40, "seed": number}
        text = models["words"].generate(**settings)
        for stream in ({}, {"stream": True}):
            add("/v1/lm", "words", {**settings, **stream}, {"text": text, "cut": False})
    for text in ("I see the dog today.", "She wants water 27! You have rice."):
        best = [one.to_dict() for one in models["translator"].translate(text, beams=4)]
        add("/v1/translate", "translator", {"text": text}, {"translations": best})
        text_of_one = "".join(models["translator"].translate(text, stream=True))
        add("/v1/translate", "translator", {"text": text, "stream": True}, {"text": text_of_one})
    for start in (100.0, 250.0):
        history = [start + 10 * (step % 4) + step for step in range(30)]
        ahead = models["series"].forecast(history)
        answer = {name: getattr(ahead, name).tolist() for name in ("mean", "lower", "upper")}
        flags = {"coverage": ahead.coverage, "flags": list(ahead.flags)}
        add("/v1/forecast", "series", {"history": history}, {**answer, **flags})
    captioned = (FIXTURES / "drawing.png").read_bytes()
    for settings in ({"beams": 1, "attention": True}, {"beams": 3, "n_best": 2}):
        captions = [one.to_dict() for one in models["drawings"].caption(captioned, **settings)]
        add("/v1/caption", "drawings", settings, {"captions": captions}, captioned)
    for length in (1, 20, 300):
        x = np.random.default_rng(length).normal(size=(1, length, 2)).astype(np.float32)
        outputs = {"y": models["sensor"].run({"x": x})["y"].tolist()}
        add("/v1/model", "sensor", {"inputs": {"x": x.tolist()}}, {"outputs": outputs})
    return found


def session_steps(count: int = 12) -> list[Case]:
    """Steps of one session of the sensor's model, in order."""
    session = load(FIXTURES / "sensor.tflite").session()
    chooser, found = np.random.default_rng(8), []
    for number in range(1, count + 1):
        x = chooser.normal(size=2).astype(np.float32)
        outputs = {"y": session.step(x)["y"].tolist()}
        found.append(Case("", {"step": x.tolist()}, {"model": "sensor", "steps": number, "outputs": outputs}))
    return found


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """A server on loopback: its port and its process."""
    bundles = [str(FIXTURES / f"{name}.tflite") for name in NAMES]
    options = ["--port", "0", "--workers", str(WORKERS), "--queue", str(QUEUE), "--sessions", "50"]
    command = [sys.executable, "-m", "edgernn.edge_runtime.cli.main", "serve", *bundles, *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in NAMES]
        yield int(lines[0].rsplit(":", 1)[1].split("/")[0]), process.pid
        process.terminate()
        if process.wait(60) != 0:
            sys.exit(f"the server ended with status {process.returncode}")
    finally:
        process.kill()


class Client:
    """One connection, kept.

    Args:
      port: of the server.
      tally: where to count.
    """

    def __init__(self, port: int, tally: Tally) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._tally = tally

    def send(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Status and content of an answer."""
        data = json.dumps(body).encode() if body is not None else None
        return self._send(method, path, data, JSON)

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        self._connection.request(method, path, data, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def check(self, case: Case, path: str = "") -> str:
        """Asks, compares, counts; the outcome."""
        kind = f"{case.path or '/v1/sessions/ID'}{' as a stream' if case.body.get('stream') else ''}"
        began = time.perf_counter()
        try:
            status, content = self._ask(case, path or case.path)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self._tally.add(kind, "lost", 0.0, repr(error))
            return "lost"
        seconds = time.perf_counter() - began
        outcome = str(status) if status != 200 else "right" if answer_of(case, content) == case.answer else "wrong"
        self._tally.add(kind, outcome, seconds, content.decode())
        return outcome

    def _ask(self, case: Case, path: str) -> tuple[int, bytes]:
        if case.picture is None:
            return self.send("POST", path, case.body)
        query = urllib.parse.urlencode({name: json.dumps(value) for name, value in case.body.items()})
        return self._send("POST", f"{path}?{query}", case.picture, {"Content-Type": "image/png"})

    def steps(self, wanted: list[Case]) -> None:
        """A session from its beginning to its end."""
        status, content = self.send("POST", "/v1/sessions", {"model": "sensor"})
        if status != 201:
            self._tally.add("/v1/sessions", str(status), 0.0)
            return
        place = f"/v1/sessions/{json.loads(content)['id']}"
        for case in wanted:
            self.check(case, place)
        self.send("DELETE", place)


def answer_of(case: Case, content: bytes) -> object:
    """The answer; of a stream its last event, where the parts add up to it."""
    if not case.body.get("stream"):
        return json.loads(content)
    *parts, last, _ = content.split(b"\n\n")
    whole: dict[str, Any] = json.loads(last.removeprefix(b"event: done\ndata: "))
    text = "".join(json.loads(part.removeprefix(b"data: "))["text"] for part in parts)
    return whole if text == whole.get("text") else None


def steady(port: int, tally: Tally, clients: int, seconds: float, pause: float, sample: Callable[[], None]) -> None:
    """So many clients for so long, with a rest after each request."""
    wanted, steps, end = cases(), session_steps(), time.monotonic() + seconds

    def work(number: int) -> None:
        chooser, client = random.Random(number), Client(port, tally)
        while time.monotonic() < end:
            if chooser.random() < 0.05:
                client.steps(steps)
            client.check(chooser.choice(wanted))
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        sample()
        time.sleep(1.0)


def overload(port: int, tally: Tally) -> tuple[float, list[float]]:
    """Three times as many clients as there are places; seconds until all is well again, and of /health meanwhile."""
    wanted = [case for case in cases() if case.path == "/v1/lm"]
    long = Case("/v1/lm", {"prompt": "I want", "max_tokens": 1500, "temperature": 0}, {})
    model = load(FIXTURES / "words.tflite")
    assert isinstance(model, LanguageModel)
    text = model.generate(**long.body)
    long = Case(long.path, long.body, {"model": "words", "text": text, "cut": False})
    end = time.monotonic() + OVERLOAD_SECONDS

    def work() -> None:
        client = Client(port, tally)
        while time.monotonic() < end:
            # Who is refused comes again much sooner than asked, as bad clients do.
            if client.check(long) == "429":
                time.sleep(0.05)

    threads = [threading.Thread(target=work) for _ in range(TIMES * (WORKERS + QUEUE))]
    for thread in threads:
        thread.start()
    health, well = [], Client(port, Tally())
    while time.monotonic() < end:
        began = time.perf_counter()
        if well.send("GET", "/health")[0] == 200:
            health.append(time.perf_counter() - began)
        time.sleep(0.2)
    after = Client(port, Tally())
    began = time.monotonic()
    # Ten right answers in a row: one could be luck.
    row = 0
    while row < 10 and time.monotonic() - began < 60:
        row = row + 1 if after.check(wanted[row % len(wanted)]) == "right" else 0
    recovered = time.monotonic() - began
    for thread in threads:
        thread.join()
    return recovered, health


def resident_bytes(process: int) -> int:
    """Memory of a process."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def growth(samples: list[int]) -> tuple[float, float]:
    """Mean memory of the first and of the last third after the server has warmed up, bytes."""
    warm = samples[int(WARM * len(samples)) :]
    third = max(1, len(warm) // 3)
    return mean(warm[:third]), mean(warm[-third:])


def report(steady_: Tally, over: Tally, memory: tuple[float, float], recovered: float, health: list[float]) -> str:
    """The page, without its head."""
    lines = ["| request | answers | median ms | 99 % below ms |", "|---|---|---|---|"]
    for kind, seconds in sorted(steady_.seconds.items()):
        cuts = quantiles(seconds, n=100) if len(seconds) > 1 else [seconds[0]] * 99
        lines.append(f"| {kind} | {len(seconds):,} | {1e3 * cuts[49]:.1f} | {1e3 * cuts[98]:.1f} |")
    first, last = memory
    counts = "; ".join(f"{count:,} {outcome}" for outcome, count in sorted(steady_.outcomes.items()))
    shed = "; ".join(f"{count:,} {outcome}" for outcome, count in sorted(over.outcomes.items()))
    lines += [
        "",
        f"- Steady answers: {counts}.",
        f"- Memory after warming up: {first / 1e6:.2f} MB at first, {last / 1e6:.2f} MB at last "
        f"({100 * (last / first - 1):+.2f} %).",
        f"- Overload, {TIMES * (WORKERS + QUEUE)} clients for {WORKERS + QUEUE} places, {OVERLOAD_SECONDS:g} s: "
        f"{shed}; /health took {1e3 * max(health):.0f} ms at most.",
        f"- Ten right answers in a row {recovered:.2f} s after the overload's end.",
        "",
    ]
    return "\n".join(lines)


def faults(steady_: Tally, over: Tally, memory: tuple[float, float], recovered: float) -> list[str]:
    """Promises that were broken."""
    found = [f"steady: {count} {name}: {steady_.first}" for name, count in steady_.outcomes.items() if name != "right"]
    odd = [name for name in over.outcomes if name not in ("right", "429", "503")]
    found += [f"overload: {over.outcomes[name]} {name}: {over.first}" for name in odd]
    if not over.outcomes["right"] or not over.outcomes["429"]:
        found.append("overload: nothing was answered, or nothing was shed")
    if memory[1] > memory[0] * (1 + MOST_GROWTH):
        found.append(f"memory grew by {100 * (memory[1] / memory[0] - 1):.1f} %")
    if recovered > MOST_RECOVERY_SECONDS:
        found.append(f"recovered after {recovered:.1f} s")
    return found


def main() -> int:
    """Runs all of it; 0 where every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds that a client rests after each answer")
    parser.add_argument("--out", type=Path, default=HERE / "results.md")
    args = parser.parse_args()
    steady_, over, samples = Tally(), Tally(), []
    with server() as (port, process):
        seconds = 60 * args.minutes
        steady(port, steady_, args.clients, seconds, args.pause, lambda: samples.append(resident_bytes(process)))
        recovered, health = overload(port, over)
    told = (
        "# `edgernn serve` under load\n\n"
        f"`python benchmarks/serve/load.py --minutes {args.minutes:g}`: {args.clients} clients, {args.pause:g} s of "
        f"rest after each answer, {WORKERS} workers, {QUEUE} may wait; every answer is compared with the Python API's. "
        "Times are of a machine of 2 cores that others used at the same time.\n\n"
    )
    memory = growth(samples)
    text = told + report(steady_, over, memory, recovered, health)
    write_text(args.out, text)
    print(text)
    broken = faults(steady_, over, memory, recovered)
    for fault in broken:
        print(f"BROKEN: {fault}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
