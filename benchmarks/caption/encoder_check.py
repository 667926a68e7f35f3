"""Checks EfficientNet-Lite0's port: logits against the original's in PyTorch, and classes of well-known photographs.

    edgernn data fetch efficientnet-lite0
    python benchmarks/caption/encoder_check.py --environment DIR

DIR gets a virtual environment of its own with PyTorch and `efficientnet-lite-pytorch` 0.1.0 (some gigabytes; it is used
again when it is there). Photographs: two that scikit-learn installs, twelve out of scikit-image's wheel (the pinned one
is for Python 3.11), which is read as an archive; the other 36 of the 50 pictures are quarters of those. Writes
encoder_check.md beside this file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
import sklearn.datasets

from edgernn.edge_runtime.errors import CheckFailed
from edgernn.edge_runtime.examples.source import locate
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import Pixels, load_picture, model_input, read_picture
from edgernn.train.caption.efficientnet_lite import efficientnet_lite0, set_weights
from edgernn.train.caption.encoder import read_arrays
from edgernn.train.data import Archive, find_dataset
from edgernn.train.data.download import download
from edgernn.train.data.unpack import unpack

HERE = Path(__file__).parent
PICTURES, LIMIT = 50, 1e-3
# As EfficientNet-Lite is tested: the middle, an eighth cut away.
RULE = PictureSpec(224, "crop", keep=0.875)
SCIKIT_IMAGE = Archive(
    package="scikit-image",
    version="0.26.0",
    file="scikit_image-0.26.0-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
    sha256="74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
    size=13711217,
)
FROM_SCIKIT_IMAGE = (
    *("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "hubble_deep_field.jpg"),
    *("ihc.png", "motorcycle_left.png", "motorcycle_right.png", "retina.jpg", "rocket.jpg", "grass.png"),
)
# ILSVRC 2012's numbers of what the photographs show.
CLASSES = {
    "china.jpg": {698: "palace"},
    "flower.jpg": {985: "daisy"},
    "chelsea.png": {281: "tabby", 282: "tiger cat", 285: "Egyptian cat"},
    "coffee.png": {967: "espresso", 968: "cup"},
    "rocket.jpg": {657: "missile", 744: "projectile"},
    "motorcycle_left.png": {665: "moped", 670: "motor scooter"},
}
ORIGINAL = """
import sys
import numpy, torch
from efficientnet_lite_pytorch import EfficientNet
torch.set_num_threads(2)
model = EfficientNet.from_name("efficientnet-lite0")
model.load_state_dict(torch.load(sys.argv[1], weights_only=True))
model.eval()
inputs = torch.from_numpy(numpy.load(sys.argv[2]).transpose(0, 3, 1, 2).copy())
with torch.no_grad():
    numpy.save(sys.argv[3], torch.cat([model(one[None]) for one in inputs]).numpy())
print(torch.__version__)
"""


def photographs(folder: Path) -> dict[str, Pixels]:
    """By name, in full size."""
    own = Path(sklearn.datasets.__file__).parent / "images"
    archive = download(SCIKIT_IMAGE, folder, print)
    unpack(archive, [f"skimage/data/{name}" for name in FROM_SCIKIT_IMAGE], folder)
    paths = [own / "china.jpg", own / "flower.jpg", *(folder / name for name in FROM_SCIKIT_IMAGE)]
    return {path.name: read_picture(path) for path in paths}


def with_quarters(whole: dict[str, Pixels]) -> list[Pixels]:
    """The photographs, then quarters of them until there are enough."""
    quarters = [
        picture[top : top + picture.shape[0] // 2, left : left + picture.shape[1] // 2]
        for picture in whole.values()
        for top in (0, picture.shape[0] // 2)
        for left in (0, picture.shape[1] // 2)
    ]
    return [*whole.values(), *quarters][:PICTURES]


def original_logits(environment: Path, folder: Path, inputs: np.ndarray) -> tuple[np.ndarray, str]:
    """What PyTorch computes, and its version."""
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "torch", "efficientnet-lite-pytorch==0.1.0", "numpy"]
        subprocess.run([str(python), *install], check=True)
    dataset = find_dataset("efficientnet-lite0")
    unpack(download(dataset.archive, folder, print), dataset.members, folder)
    weights = folder / Path(dataset.members[0]).name
    np.save(folder / "inputs.npy", inputs)
    command = [str(python), "-c", ORIGINAL, str(weights), str(folder / "inputs.npy"), str(folder / "logits.npy")]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return np.load(folder / "logits.npy"), done.stdout.strip()


def our_logits(inputs: np.ndarray) -> np.ndarray:
    """What Keras computes."""
    model = efficientnet_lite0(RULE.size, "logits")
    set_weights(model, read_arrays(locate("efficientnet-lite0").path))
    return np.concatenate([np.asarray(model(one[None], training=False)) for one in inputs])


def class_lines(names: list[str], logits: np.ndarray) -> list[str]:
    """A row for each photograph whose class is known: whether the likeliest class is right."""
    lines = ["| photograph | likeliest class | share | expected |", "|---|---|---|---|"]
    for name, row in zip(names, logits, strict=False):
        if name in CLASSES:
            shares = np.exp(row - row.max()) / np.exp(row - row.max()).sum()
            best = int(row.argmax())
            known = CLASSES[name]
            expected = ", ".join(known.values())
            lines.append(f"| {name} | {best} {known.get(best, '(wrong)')} | {shares[best]:.2f} | {expected} |")
    return lines


def main() -> None:
    """Compares, and writes the tables.

    Raises:
      CheckFailed: a logit differs by more than the limit, or a photograph's class is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        whole = photographs(Path(name))
        inputs = model_input(np.stack([load_picture(picture, RULE) for picture in with_quarters(whole)]), RULE)
        theirs, version = original_logits(args.environment.resolve(), Path(name), inputs)
    ours = our_logits(inputs)
    differences = np.abs(ours - theirs).max(axis=1)
    agree = int((ours.argmax(1) == theirs.argmax(1)).sum())
    lines = class_lines(list(whole), ours)
    text = (
        f"{len(inputs)} pictures, 1000 logits each, Keras against PyTorch {version}: largest difference "
        f"{differences.max():.2e} (limit {LIMIT:g}; logits reach {np.abs(theirs).max():.1f}), the same likeliest class "
        f"on {agree} of {len(inputs)}.\n\n" + "\n".join(lines) + "\n\n"
        "Made by `python benchmarks/caption/encoder_check.py`.\n"
    )
    print(text)
    (HERE / "encoder_check.md").write_text(text)
    if differences.max() > LIMIT or "(wrong)" in text:
        raise CheckFailed("the port differs from the original, or a class is wrong")


if __name__ == "__main__":
    sys.exit(main())
