"""Raspberry Pi OS in a folder: Debian for Arm, and the wheels of a TFLite runtime, run by qemu's user mode.

Each root is made once, in about a minute, and kept in the cache folder. Debian's packages are unpacked and not
configured: nothing is started there but Python. Nothing is mounted: qemu's threads and XNNPACK's look at the
processor need a few plain files in /sys and /proc.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

from edgernn.edge_runtime.files import cache_dir

REPOSITORY = Path(__file__).parent.parent.parent
_TOOLS = {
    "debootstrap": "debootstrap",
    "qemu-aarch64-static": "qemu-user-static",
    "qemu-arm-static": "qemu-user-static",
}

# On the board, without the first slash: all that is not the system's.
KIT = "opt/edgernn"


@dataclass(frozen=True)
class Root:
    """How a root is made.

    Attributes:
      name: of its folder.
      architecture: Debian's name.
      release: of Debian, on which Raspberry Pi OS stands.
      packages: of Debian, besides the smallest system.
      python: "3.13".
      platforms: tags of wheels that it takes.
      wheels: that are installed, without what they depend on.
      libraries: folders that Debian's alternatives would have linked to.
    """

    name: str
    architecture: str
    release: str
    packages: tuple[str, ...]
    python: str
    platforms: tuple[str, ...]
    wheels: tuple[str, ...]
    libraries: tuple[str, ...] = ()

    def make(self) -> Path:
        """The folder, made where it is missing."""
        key = hashlib.sha256(repr((astuple(self), KIT, *self._pinned())).encode()).hexdigest()[:12]
        folder = cache_dir() / "pi" / f"{self.name}-{key}"
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{self.name}-") as made:
                self._fill(Path(made) / "root")
                (Path(made) / "root").rename(folder)
        return folder

    def _pinned(self) -> tuple[str, ...]:
        """The versions that the kit's own environment has, where it has the package."""
        lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
        known = {line.partition("==")[0]: line for line in lines if "==" in line}
        return tuple(known.get(name, name) for name in self.wheels)

    def _fill(self, root: Path) -> None:
        included = f"--include={','.join(self.packages)}"
        settings = (f"--arch={self.architecture}", "--variant=minbase", "--foreign", included)
        _run(*privileged(), "debootstrap", *settings, self.release, str(root))
        if privileged():
            _run(*privileged(), "chown", "-R", str(os.getuid()), str(root))
        for package in sorted((root / "var/cache/apt/archives").glob("*.deb")):
            _run("dpkg-deb", "-x", str(package), str(root))
            package.unlink()
        cores = root / "sys/devices/system/cpu"
        cores.mkdir(parents=True)
        for name in ("possible", "present"):
            (cores / name).write_text("0-3\n", encoding="utf-8")
        self.install(root / KIT / "site", *self._pinned())

    def install(self, folder: Path, *wheels: str) -> None:
        """Puts wheels, or what they are called in the index, into a folder, as pip does on the device."""
        tags = [word for platform in self.platforms for word in ("--platform", platform)]
        chosen = ("--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", self.python)
        quiet = ("--quiet", "--no-warn-conflicts", "--disable-pip-version-check", "--target", str(folder))
        _run(sys.executable, "-m", "pip", "install", *chosen, *tags, *quiet, *wheels)


LITERT = Root(
    "trixie-arm64",
    "arm64",
    "trixie",
    ("python3",),
    "3.13",
    ("manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux2014_aarch64", "manylinux_2_17_aarch64"),
    (
        *("ai-edge-litert", "numpy", "flatbuffers", "tqdm", "typing_extensions", "protobuf", "ml_dtypes"),
        *("backports.strenum", "opencv-python-headless"),
    ),
)
TFLITE_RUNTIME = Root(
    "bookworm-armhf",
    "armhf",
    "bookworm",
    # The index has no wheel of OpenCV for 32-bit Arm.
    ("python3", "python3-opencv"),
    "3.11",
    ("manylinux_2_34_armv7l",),
    ("tflite-runtime==2.14.0",),
    ("/usr/lib/arm-linux-gnueabihf/blas", "/usr/lib/arm-linux-gnueabihf/lapack"),
)


def require_tools() -> None:
    """Installs what is missing of debootstrap and qemu, where the system is Debian's.

    Raises:
      RuntimeError: emulated boards cannot run here; in words what they need.
    """
    root = privileged()
    missing = sorted({package for tool, package in _TOOLS.items() if not _find(tool)})
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise RuntimeError(f"emulated boards need {' and '.join(missing)}: install them, or run this on Debian")
    _run(*root, "apt-get", "update", "-qq")
    _run(*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", *missing)
    _find.cache_clear()


@functools.cache
def privileged() -> tuple[str, ...]:
    """What stands before a command that only root may run.

    Raises:
      RuntimeError: nobody here may.
    """
    if os.geteuid() == 0:
        return ()
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ("sudo", "-n")
    raise RuntimeError("emulated boards need root, or sudo without a password, for apt-get, debootstrap and chroot")


@functools.cache
def _find(tool: str) -> str | None:
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: status {done.returncode}: {(done.stderr or done.stdout)[-2000:]}")
