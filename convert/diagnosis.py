"""Makes one sentence out of what TensorFlow's converter prints when it fails."""

from __future__ import annotations

import re

_NO_KERNEL = re.compile(r"TF Select ops: (?P<ops>[\w, ]+)")
_PLACE = re.compile(r'loc\(.*?"(?P<op>\w+):", "(?P<path>[\w./-]+?)@')
_ERROR = re.compile(r"error: (?P<text>[^\n]*\w[^\n]*)")
_MAX = 400


def diagnose_log(log: str) -> str:
    """What went wrong and in which layer, as far as the log tells."""
    if found := _NO_KERNEL.search(log):
        where = _layer(log)
        return (
            f"{found['ops'].strip()} has no native TensorFlow Lite operator in this form{where}: a fixed length in the "
            "model's Input may help, or another layer in its place"
        )
    if errors := [match["text"].strip() for match in _ERROR.finditer(log)]:
        return (errors[0][:_MAX]) + _layer(log)
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return lines[-1][:_MAX] if lines else "no message"


def _layer(log: str) -> str:
    found = _PLACE.search(log)
    parts = found["path"].split("/") if found else []
    return f" (in {parts[-2]})" if len(parts) >= 2 else ""
