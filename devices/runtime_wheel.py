"""Makes the wheel for devices: the runtime alone, out of the kit's own wheel.

`python -m edgernn.devices.runtime_wheel EDGERNN.whl FOLDER`. The result is the same distribution with a local version
("0.1.0+runtime"), so that it installs as `edgernn`, needs NumPy and one TFLite runtime, and is replaced by the whole
kit when that is installed. `train`, `convert`, `eval` and `serve` say what is missing; a device proves itself by
`selftest`, and what serves has a package index anyway: the framework comes from there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

from edgernn.devices.shorten import shorten
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.files import write_bytes

# The workstation's parts, what only `edgernn eval` needs (readers of data sets, scorers), and the server.
_LEFT_OUT = (
    *("edgernn/train/", "edgernn/convert/", "edgernn/devices/"),
    *(
        f"edgernn/edge_runtime/{name}"
        for name in (
            *(
                "cli/eval_",
                "cli/serve.py",
                "serve/",
                "evaluate.py",
                "examples/",
                "caption/reading/",
                "caption/evaluate.py",
                "caption/scoring.py",
                "caption/test_pictures.py",
                "translate/reading/",
                "translate/evaluate.py",
                "translate/scoring.py",
                "translate/sentence_file.py",
            ),
            *("forecast/accuracy_test.py", "forecast/measure.py", "forecast/metrics.py", "forecast/split.py"),
            *("lm/measure.py", "metrics.py"),
            *("lm/corpus.py", "lm/evaluate.py", "lm/split.py", "tag/corpus.py", "tag/evaluate.py", "tag/read_"),
            *("tag/counting.py", "tag/seqeval_counting.py", "tag/scores.py", "tag/sentence.py"),
        )
    ),
)
# What `help` shows to those who write programs keeps its docstrings; other modules are shipped without.
_API = tuple(
    f"edgernn/edge_runtime/{name}"
    for name in ("__init__.py", "errors.py", "loading.py", "model.py", "session.py", "tasks/")
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def make_runtime_wheel(wheel: Path, folder: Path) -> Path:
    """Writes the runtime's wheel.

    Args:
      wheel: the kit's, as `pip wheel --no-deps .` makes it.
      folder: where to write.

    Returns:
      The new file.

    Raises:
      InputError: `wheel` is none of the kit's.
    """
    match = re.fullmatch(r"edgernn-([\w.]+)-py3-none-any\.whl", wheel.name)
    if not match or not zipfile.is_zipfile(wheel):
        raise InputError(f"{wheel}: expected edgernn-VERSION-py3-none-any.whl, as pip wheel --no-deps makes it")
    old, new = match[1], f"{match[1]}+runtime"
    with zipfile.ZipFile(wheel) as archive:
        kept = {name: _shipped(name, archive) for name in archive.namelist() if not name.startswith(_LEFT_OUT)}
    files = {
        name.replace(f"edgernn-{old}.dist-info/", f"edgernn-{new}.dist-info/"): data for name, data in kept.items()
    }
    info = f"edgernn-{new}.dist-info"
    files[f"{info}/METADATA"] = _renamed(files[f"{info}/METADATA"], old, new)
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    target = folder / f"edgernn-{new}-py3-none-any.whl"
    write_bytes(target, _zipped(files))
    return target


def _shipped(name: str, archive: zipfile.ZipFile) -> bytes:
    data = archive.read(name)
    if not name.endswith(".py"):
        return data
    return shorten(data.decode("utf-8"), keep_docstrings=name.startswith(_API)).encode("utf-8")


def _renamed(metadata: bytes, old: str, new: str) -> bytes:
    # The fields alone: behind them stands the kit's whole README, which no device needs.
    fields, end, _ = metadata.partition(b"\n\n")
    return fields.replace(f"\nVersion: {old}\n".encode(), f"\nVersion: {new}\n".encode(), 1) + end


def _record(files: dict[str, bytes], own: str) -> bytes:
    lines = []
    for name, data in files.items():
        if name != own:
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
            lines.append(f"{name},sha256={digest},{len(data)}")
    return "\n".join([*lines, f"{own},,", ""]).encode("utf-8")


def _zipped(files: dict[str, bytes]) -> bytes:
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m edgernn.devices.runtime_wheel EDGERNN.whl FOLDER")
    try:
        print(make_runtime_wheel(Path(sys.argv[1]), Path(sys.argv[2])))
    except InputError as error:
        print(f"runtime_wheel: {error}", file=sys.stderr)
        sys.exit(2)
