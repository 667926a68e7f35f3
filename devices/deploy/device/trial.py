"""Is the new bundle right on this device, and fast enough?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edgernn.devices.deploy.device.faults import CHECK_FAILED, Fault
from edgernn.devices.deploy.device.programs import run

# A model that is so much slower than the one it replaces is a mistake, not a choice.
MOST_SLOWER = 10.0
_SECONDS_A_LENGTH = "0.1"


def check_values(edgernn: str, bundle: Path, seconds: float) -> str:
    """Runs the golden vectors.

    Returns:
      What passed, in words.

    Raises:
      Fault: they do not agree, or the model crashes or hangs.
    """
    ended = run([edgernn, "selftest", str(bundle), "--json"], seconds)
    found = ended.document()
    if ended.status == 0 and isinstance(found, dict) and found.get("passed") is True:
        return f"{found.get('vectors')} golden vectors with {found.get('engine')}"
    failures = found.get("failures") if isinstance(found, dict) else None
    told = f"failed: {failures[0]}" if isinstance(failures, list) and failures else ended.how(seconds)
    raise Fault(f"self-test on the device {told}", CHECK_FAILED)


def check_speed(edgernn: str, bundle: Path, old: Path | None, seconds: float) -> float | None:
    """Compares with the version that serves.

    Returns:
      New time by old time at the length where it is greatest; None where they cannot be compared: there is no old
      one, or it takes other inputs.

    Raises:
      Fault: it is ten times as slow, or takes longer than the limit.
    """
    if old is None:
        return None
    command = [edgernn, "bench", str(bundle), "--compare", str(old), "--seconds", _SECONDS_A_LENGTH, "--json"]
    ended = run(command, seconds)
    if ended.status is None or ended.status < 0:
        raise Fault(f"comparing its time with the version that serves {ended.how(seconds)}", CHECK_FAILED)
    ratio = _greatest(ended.document()) if ended.status == 0 else None
    if ratio is not None and ratio >= MOST_SLOWER:
        raise Fault(
            f"it is {ratio:.1f} times as slow as the version that serves ({MOST_SLOWER:g} is refused)", CHECK_FAILED
        )
    return ratio


def _greatest(found: Any) -> float | None:
    try:
        return max(float(one["ratio"]) for one in found["lengths"])
    except (KeyError, TypeError, ValueError):
        return None
