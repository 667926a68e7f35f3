"""Peak memory and time of reading large pictures, each in a process of its own.

    python benchmarks/caption/picture_memory.py

Writes picture_memory.md beside this file. The limit is 256 MB for the whole process.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
LIMIT_MB = 256
WIDTH, HEIGHT = 6144, 4096  # 25.2 megapixels
READ = """
import json, sys, time
from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.spec.vision import PictureSpec
from edgernn.edge_runtime.vision import load_picture
start = time.perf_counter()
try:
    said = "read"
    load_picture(sys.argv[1], PictureSpec(224))
except InputError as error:
    said = str(error).partition(": ")[2]
seconds = time.perf_counter() - start
# Not getrusage's figure: that begins with the parent's.
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([said, seconds, int(peak) / 1024]))
"""


def smooth(width: int, height: int, channels: int, kind: type = np.uint8) -> np.ndarray:
    """A picture that compresses as photographs do, neither noise nor one colour."""
    random = np.random.default_rng(7)
    small = random.integers(0, 256, (height // 64, width // 64, channels)).astype(np.uint8)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return large if kind == np.uint8 else large.astype(kind) * 257


def pictures() -> Iterator[tuple[str, bytes]]:
    """Name with the file's ending, and content."""
    colour, alpha = smooth(WIDTH, HEIGHT, 3), smooth(WIDTH, HEIGHT, 4)
    yield "25 MP.jpg", encoded(".jpg", colour)
    yield "25 MP progressive.jpg", encoded(".jpg", colour, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    yield "25 MP.png", encoded(".png", colour)
    yield "25 MP with alpha.png", encoded(".png", alpha)
    yield "25 MP 16 bits.png", encoded(".png", smooth(WIDTH, HEIGHT, 3, np.uint16))
    yield "25 MP lossy.webp", encoded(".webp", colour, cv2.IMWRITE_WEBP_QUALITY, 80)
    yield "25 MP with alpha.webp", encoded(".webp", alpha, cv2.IMWRITE_WEBP_QUALITY, 80)
    yield "25 MP.bmp", encoded(".bmp", colour)
    yield "25 MP.tif", encoded(".tif", colour)
    del colour, alpha
    colour, alpha = smooth(4608, 3456, 3), smooth(4096, 3072, 4)
    yield "16 MP.png", encoded(".png", colour)
    yield "16 MP.webp", encoded(".webp", colour, cv2.IMWRITE_WEBP_QUALITY, 80)
    yield "16 MP.bmp", encoded(".bmp", colour)
    yield "12 MP with alpha.png", encoded(".png", alpha)
    yield "12 MP with alpha.webp", encoded(".webp", alpha, cv2.IMWRITE_WEBP_QUALITY, 80)
    yield "12 MP.tif", encoded(".tif", alpha[:, :, :3])
    yield "9 MP.gif", encoded(".gif", smooth(3456, 2624, 3))
    del colour, alpha
    yield "200 MP.jpg", encoded(".jpg", smooth(16320, 12240, 1))
    yield "bomb, 65,000 x 65,000.png", bomb(65_000)
    yield "bomb, 6,400 x 6,400.png", bomb(6_400)


def encoded(ending: str, pixels: np.ndarray, *options: int) -> bytes:
    """The file's content."""
    return bytes(cv2.imencode(ending, pixels, list(options))[1])


def bomb(side: int) -> bytes:
    """A black RGBA picture of some kilobytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + 4 * side)
    body = b"".join([*(packer.compress(row) for _ in range(min(side, 8_000))), packer.flush()])
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)), (b"IDAT", body), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def measure(path: Path) -> tuple[str, float, float]:
    """What was said, seconds, and peak MB."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], check=True, stdout=subprocess.PIPE)
    said, seconds, peak = json.loads(done.stdout)
    return said, seconds, peak


def main() -> None:
    """Measures all, and writes the table."""
    lines = ["| picture | file, MB | seconds | peak memory, MB | outcome |", "|---|---|---|---|---|"]
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, data in pictures():
            path = Path(folder) / name
            path.write_bytes(data)
            said, seconds, peak = measure(path)
            path.unlink()
            worst = max(worst, peak)
            lines.append(f"| {name} | {len(data) / 1e6:.1f} | {seconds:.2f} | {peak:.0f} | {said} |")
            print(lines[-1], flush=True)
    lines += ["", f"The most: {worst:.0f} MB of {LIMIT_MB} MB. Made by `python benchmarks/caption/picture_memory.py`."]
    (HERE / "picture_memory.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
