"""Whether versions of OpenCV give the same pixels to a model.

    python benchmarks/caption/opencv_versions.py --environments DIR

DIR gets a virtual environment for each version (100 MB each). Writes opencv_versions.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
LINKS = HERE.parent.parent / ".links"
# The version and the NumPy that it was built for.
VERSIONS = {"4.6.0.66": "numpy<2", "4.8.1.78": "numpy<2", "4.10.0.84": "numpy<2.3", "4.12.0.88": "numpy<2.3"}
READ = """
import hashlib, json, pathlib, sys
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture
found = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        found[path.name] = [hashlib.sha256(load_picture(path, PictureSpec(s, fit)).tobytes()).hexdigest()
                            for s, fit in ((224, "crop"), (96, "stretch"), (160, "pad"))]
    except InputError:
        found[path.name] = "not read"
print(json.dumps(found))
"""


def write_pictures(folder: Path) -> None:
    """Noise, which shows every difference, and smooth colours, in every format."""
    random = np.random.default_rng(5)
    noise = random.integers(0, 256, (700, 901, 4)).astype(np.uint8)
    smooth = cv2.resize(noise[:20, :30], (901, 700), interpolation=cv2.INTER_CUBIC)
    forms: dict[str, list[int]] = {
        "baseline.jpg": [],
        "progressive.jpg": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1],
        "best.jpg": [cv2.IMWRITE_JPEG_QUALITY, 100],
        "lossy.webp": [cv2.IMWRITE_WEBP_QUALITY, 80],
        "lossless.webp": [cv2.IMWRITE_WEBP_QUALITY, 101],
        "alpha.png": [],
        "plain.png": [],
        "plain.bmp": [],
        "plain.tif": [],
        "plain.gif": [],
    }
    for kind, pixels in (("noise", noise), ("smooth", smooth)):
        for form, options in forms.items():
            given = pixels if form == "alpha.png" else np.ascontiguousarray(pixels[:, :, :3])
            cv2.imwrite(str(folder / f"{kind} {form}"), given, options)
    cv2.imwrite(str(folder / "16 bits.png"), noise[:, :, :3].astype(np.uint16) * 257)


def hashes(python: str, folder: Path) -> dict[str, object]:
    """What one version reads, by file."""
    command = [python, "-c", READ, str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env={"PYTHONPATH": str(LINKS)})
    return dict(json.loads(done.stdout))


def environment(folder: Path, version: str, numpy: str) -> str:
    """The interpreter of a version's environment."""
    python = folder / version / "bin" / "python"
    if not python.exists():
        venv.create(folder / version, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", f"opencv-python-headless=={version}", numpy]
        subprocess.run([str(python), *install], check=True)
    return str(python)


def main() -> None:
    """Compares all with the installed version, and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environments", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    lines = ["| OpenCV | same pixels | other pixels | not read |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as name:
        write_pictures(Path(name))
        reference = hashes(sys.executable, Path(name))
        for version, numpy in VERSIONS.items():
            found = hashes(environment(args.environments, version, numpy), Path(name))
            same = sum(found[one] == reference[one] for one in reference)
            unread = [one for one, value in found.items() if value == "not read"]
            other = [one for one in reference if found[one] != reference[one] and one not in unread]
            lines.append(
                f"| {version} | {same} of {len(reference)} | {', '.join(other) or '-'} | {', '.join(unread) or '-'} |"
            )
    text = (
        f"Against OpenCV {cv2.__version__} ({platform.machine()}), each picture fitted in three ways:\n\n"
        + "\n".join(lines)
        + "\n\nMade by `python benchmarks/caption/opencv_versions.py`.\n"
    )
    print(text)
    (HERE / "opencv_versions.md").write_text(text)


if __name__ == "__main__":
    main()
