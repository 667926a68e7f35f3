"""Calls of models: on a few threads, with a few waiting, and no more than that."""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic
from typing import Any, Literal

from edgernn.edge_runtime.serve.deadline import Deadline, within
from edgernn.edge_runtime.serve.faults import Fault

Emit = Callable[[Any], None]
Work = Callable[[Emit], bytes]
# How much the last call counts in the mean time of a call.
_WEIGHT = 0.2
_LONGEST_WAIT = 60


@dataclass(frozen=True)
class Event:
    """What a call has to say.

    Attributes:
      kind: "part" of a streamed answer; then one "done" or "failed".
      value: the part, the whole answer, or the exception.
    """

    kind: Literal["part", "done", "failed"]
    value: Any


class Job:
    """One call of a model, seen from the event loop.

    Args:
      work: computes; it is given a function that hands out parts, and returns the answer.
      deadline: by when it must be done.
    """

    def __init__(self, work: Work, deadline: Deadline) -> None:
        self._work, self.deadline = work, deadline
        self._loop = asyncio.get_running_loop()
        self._events: deque[Event] = deque()
        self._ready = asyncio.Event()
        # The event loop has been woken, and has not looked yet: a call that hands out a thousand parts a second must
        # not wake it a thousand times.
        self._woken = False

    async def take(self) -> list[Event]:
        """What has been told since the last time: one event or more."""
        await self._ready.wait()
        self._ready.clear()
        self._woken = False
        return [self._events.popleft() for _ in range(len(self._events))]

    def compute(self) -> Event:
        """Computes, on a worker's thread; the last event, which is still to be told. It raises nothing."""
        try:
            self.deadline.check()
            with within(self.deadline):
                return Event("done", self._work(lambda part: self.tell(Event("part", part))))
        except BaseException as error:
            return Event("failed", error)

    def tell(self, event: Event) -> None:
        """Hands an event to the event loop; from any thread."""
        self._events.append(event)
        if self._woken:
            return
        self._woken = True
        try:
            self._loop.call_soon_threadsafe(self._ready.set)
        except RuntimeError:  # the loop has ended, and nobody waits
            self.deadline.cancel()


class Place:
    """A place among those that compute or wait; given back once, by whoever has it last.

    Args:
      pool: that gave it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool, self._held = pool, True

    def submit(self, job: Job) -> None:
        """Hands the place on to a call, which gives it back when it has ended."""
        self._held = False
        self._pool.enqueue(job)

    def __enter__(self) -> Place:
        """The place itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Gives it back where no call has it."""
        if self._held:
            self._held = False
            self._pool.leave()


class Pool:
    """A few threads for the calls of all models.

    Args:
      workers: threads, 1 or more. The engine's calls of one model run one after another whatever they are; but while
        one thread is at a long text, another answers a short one between two of its calls.
      queue: calls that may wait beyond those that run, 0 or more.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self._workers, self._most = workers, workers + queue
        self._lock = threading.Lock()
        self._taken = 0
        self._mean_seconds = 0.1
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        # When the call that each thread is at began.
        self._began: dict[int, float] = {}
        self._threads = [
            threading.Thread(target=self._serve, args=(number,), name=f"call-{number}", daemon=True)
            for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> int:
        """Calls that a thread is at."""
        return len(self._began)

    @property
    def waiting(self) -> int:
        """Requests that have a place and no thread yet."""
        return max(0, self._taken - self.running)

    def longest(self) -> float:
        """Seconds that the longest call that runs has taken so far."""
        now = monotonic()
        return max((now - began for began in list(self._began.values())), default=0.0)

    def admit(self) -> Place:
        """A place, before anything of a request is read.

        Raises:
          Fault: 429: all are taken.
        """
        with self._lock:
            if self._taken >= self._most:
                wait = min(_LONGEST_WAIT, max(1, math.ceil(self._taken * self._mean_seconds / self._workers)))
                raise Fault(
                    429,
                    "busy",
                    f"{self._most} requests are under way, which is all that --queue allows: try again in {wait} s",
                    {"Retry-After": str(wait)},
                )
            self._taken += 1
        return Place(self)

    def leave(self) -> None:
        """A place becomes free."""
        with self._lock:
            self._taken -= 1

    def enqueue(self, job: Job) -> None:
        """Hands a call to the threads; it has a place."""
        self._jobs.put(job)

    def close(self, seconds: float) -> bool:
        """Ends the threads; whether all have ended within so many seconds. Calls that wait are run before."""
        for _ in self._threads:
            self._jobs.put(None)
        end = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self, number: int) -> None:
        while (job := self._jobs.get()) is not None:
            began = self._began[number] = monotonic()
            last = job.compute()
            with self._lock:
                del self._began[number]
                self._taken -= 1
                self._mean_seconds += _WEIGHT * (monotonic() - began - self._mean_seconds)
            # Only now: who has an answer finds its place free.
            job.tell(last)
            del job, last
