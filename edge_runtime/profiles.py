"""What the kit knows of the machines that it is made for: read by the converter (`--target pi4`) and by the doctor."""

from __future__ import annotations

from dataclasses import dataclass, replace

_KB, _MB = 1024, 1024 * 1024
_GB = 1024 * _MB
_OLDER = ("float32", "float16", "dynamic_wi8", "static_int8", "static_int16x8", "static_encoder_int8")
_ALL = (*_OLDER, "weight_only_wi8", "dynamic_wi4")


@dataclass(frozen=True)
class Profile:
    """A kind of machine.

    Attributes:
      name: as `--target` takes it.
      title: for people.
      boards: how the names in the device tree begin, of those that are meant.
      architecture: of the processor, as Python's `platform.machine()` says, or "wasm32".
      bits: of the programs that run there.
      instructions: that the engines' kernels use.
      cores: of the processor.
      threads: to give one model; more than that share the memory's speed and win little.
      l1: bytes of the first cache for data, of each core.
      l2: bytes of the second cache.
      l3: bytes of the third; 0 where there is none.
      memory: bytes of the smallest version.
      model_memory: bytes that a model may take beside the system and other programs.
      engine: the best that runs there, as `edgernn doctor` calls it.
      target: the runtime to convert for.
      recipes: that run there.
      slower: time of one thread, as a multiple of the machine of the converter's cost model. An estimate by clock and
        width, never measured: it scales what is shown, and ranks nothing.
    """

    name: str
    title: str
    boards: tuple[str, ...]
    architecture: str
    bits: int
    instructions: tuple[str, ...]
    cores: int
    threads: int
    l1: int
    l2: int
    l3: int
    memory: int
    model_memory: int
    engine: str
    target: str
    recipes: tuple[str, ...]
    slower: float

    @property
    def last_cache(self) -> int:
        """Bytes of the greatest cache: weights beyond it come from memory at every step."""
        return max(self.l1, self.l2, self.l3)


# Caches: Arm's manuals of the cores, and Raspberry Pi's pages of BCM2837, RP3A0, BCM2711 and BCM2712. Memory: of the
# smallest board that is sold. A model may have half of what the system leaves.
_PI4 = Profile(
    name="pi4",
    title="Raspberry Pi 4",
    boards=("Raspberry Pi 4", "Raspberry Pi Compute Module 4"),
    architecture="aarch64",
    bits=64,
    instructions=("asimd",),
    cores=4,
    threads=2,
    l1=32 * _KB,
    l2=_MB,
    l3=0,
    memory=_GB,
    model_memory=300 * _MB,
    engine="litert-compiled",
    target="litert",
    recipes=_ALL,
    slower=5.0,
)
_PI3 = replace(
    _PI4,
    name="pi3",
    title="Raspberry Pi 3",
    boards=("Raspberry Pi 3", "Raspberry Pi Compute Module 3"),
    l2=512 * _KB,
    slower=12.0,
)
_ZERO = replace(
    _PI3,
    name="zero2w",
    title="Raspberry Pi Zero 2 W",
    boards=("Raspberry Pi Zero 2",),
    memory=512 * _MB,
    model_memory=120 * _MB,
    slower=15.0,
)
_PI5 = replace(
    _PI4,
    name="pi5",
    title="Raspberry Pi 5",
    boards=("Raspberry Pi 5", "Raspberry Pi Compute Module 5"),
    instructions=("asimd", "atomics", "asimddp"),
    l1=64 * _KB,
    l2=512 * _KB,
    l3=2 * _MB,
    slower=2.5,
)
_OLD = replace(
    _PI3,
    name="pi-32bit",
    title="Raspberry Pi OS of 32 bits (Pi 2 and later)",
    boards=("Raspberry Pi",),
    architecture="armv7l",
    bits=32,
    instructions=("neon",),
    threads=1,
    model_memory=200 * _MB,
    engine="tflite-runtime",
    target="tflite-runtime",
    recipes=_OLDER,
    slower=25.0,
)
# Those below: common sizes, the lesser of what is in use; the phone is a Cortex-A76.
_PHONE = replace(
    _PI5, name="phone", title="phone of 64 bits", boards=(), cores=8, memory=4 * _GB, model_memory=500 * _MB, slower=3.0
)
_DESKTOP = replace(
    _PI4,
    name="desktop",
    title="desktop or server, x86-64",
    boards=(),
    architecture="x86_64",
    instructions=("avx", "avx2", "fma"),
    l2=512 * _KB,
    l3=8 * _MB,
    memory=8 * _GB,
    model_memory=4 * _GB,
    slower=1.0,
)
# WebAssembly has 4 GB of addresses at most, and phones give a page far less.
_BROWSER = replace(
    _DESKTOP,
    name="browser",
    title="browser, through WebAssembly",
    architecture="wasm32",
    bits=32,
    instructions=("simd128",),
    threads=1,
    l3=0,
    memory=4 * _GB,
    model_memory=300 * _MB,
    target="web",
    slower=4.0,
)
PROFILES = {profile.name: profile for profile in (_PI3, _ZERO, _PI4, _PI5, _OLD, _DESKTOP, _BROWSER, _PHONE)}


def profile_of(board: str, bits: int) -> Profile | None:
    """The profile of a board by its device tree's name; 32-bit systems have one of their own."""
    return next((p for p in PROFILES.values() if p.boards and p.bits == bits and board.startswith(p.boards)), None)
