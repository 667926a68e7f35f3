"""Damaged and hostile bundles, as edits of a sound one, and what a reader says of them."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgernn.devices.conformance.archives import Parts, edits_between, packed, resealed, taken_apart, with_hash_of
from edgernn.devices.conformance.models import path_of
from edgernn.edge_runtime.bundle.seal import SEAL_BYTES, seal
from edgernn.edge_runtime.errors import EdgeRNNError
from edgernn.edge_runtime.loading import load
from edgernn.edge_runtime.spec.manifest import GOLDEN_NAME, MANIFEST_NAME

_LOCAL, _CENTRAL = b"PK\x03\x04", b"PK\x01\x02"


@dataclass(frozen=True)
class _Bad:
    """A changed file, and words that the message must hold; no words: it is sound."""

    name: str
    bundle: str
    data: bytes
    gist: tuple[str, ...]


def bad_bundle_vectors(folder: Path) -> dict[str, Any]:
    """Each is refused with one line; some are sound, so that a reader cannot refuse everything."""
    sensor, tiny = (path_of(folder, name).read_bytes() for name in ("sensor", "tiny.int8"))
    found = [
        *_outside(sensor),
        *_inside(sensor),
        *_archives(sensor),
        *_manifests(sensor),
        *_tasks(tiny),
    ]
    originals = {"sensor": sensor, "tiny.int8": tiny}
    return {
        "about": "edits of a bundle -> kind of the error and words of its message; kind null: the bundle is sound. "
        "`message` is the Python runtime's, FILE in place of the path",
        "cases": [_case(one, originals[one.bundle]) for one in found],
    }


def _case(one: _Bad, original: bytes) -> dict[str, Any]:
    kind, message = _refusal(one.data)
    missing = [word for word in one.gist if word not in message]
    if missing or bool(one.gist) != bool(message):
        raise AssertionError(f"{one.name}: {message!r} does not hold {missing}")
    return {
        "name": one.name,
        "bundle": one.bundle,
        "edits": edits_between(original, one.data),
        "kind": kind,
        "gist": list(one.gist),
        "message": message,
    }


def _refusal(data: bytes) -> tuple[str | None, str]:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "bundle.tflite"
        path.write_bytes(data)
        try:
            load(path)
        except EdgeRNNError as error:
            return type(error).__name__, str(error).replace(str(path), "FILE")
    return None, ""


def _outside(data: bytes) -> Iterator[_Bad]:
    """What happens to files on their way."""

    def flipped(place: int, bit: int = 1) -> bytes:
        changed = bytearray(data)
        changed[place] ^= bit
        return bytes(changed)

    yield _Bad("as it is", "sensor", data, ())
    yield _Bad("empty", "sensor", b"", ("no archive",))
    yield _Bad("eight bytes", "sensor", data[:8], ("no archive",))
    yield _Bad("a text file", "sensor", b"hello, world\n" * 20, ("no archive",))
    yield _Bad("the model alone", "sensor", taken_apart(data).model, ("no archive",))
    yield _Bad("cut by a byte", "sensor", data[:-1], ("damaged",))
    yield _Bad("cut in half", "sensor", data[: len(data) // 2], ("no archive",))
    yield _Bad("a byte behind", "sensor", data + b"\n", ("damaged",))
    yield _Bad("a bit in the model", "sensor", flipped(5000), ("SHA-256 does not match",))
    yield _Bad("its first bit", "sensor", flipped(0), ("SHA-256 does not match",))
    yield _Bad("a bit in the seal", "sensor", flipped(len(data) - 5), ("SHA-256 does not match",))
    yield _Bad("a bit in the seal's name", "sensor", flipped(len(data) - SEAL_BYTES), ("damaged",))
    archive = data.index(_LOCAL, len(taken_apart(data).model) - 4)
    yield _Bad("a bit of a time stamp", "sensor", flipped(archive + 10), ("SHA-256 does not match",))
    yield _Bad("another's seal", "sensor", data[:-64] + b"0" * 64, ("SHA-256 does not match",))


def _inside(data: bytes) -> Iterator[_Bad]:
    """Sealed again by whoever changed them: the manifest's own hashes stand."""
    parts = taken_apart(data)
    model = bytearray(parts.model)
    model[5000] ^= 1
    yield _Bad("another model", "sensor", seal(packed(Parts(bytes(model), parts.members))), ("SHA-256 of the model",))
    golden = parts.with_members({GOLDEN_NAME: parts.members[GOLDEN_NAME] + b" "})
    yield _Bad("another asset", "sensor", seal(packed(golden)), ("SHA-256 of golden.json",))
    longer = parts.manifest
    longer["model"]["size"] += 4
    yield _Bad("another size", "sensor", seal(packed(parts.with_manifest(longer))), ("SHA-256 of the model",))
    far = parts.manifest
    far["model"]["size"] = 2**40
    yield _Bad("a size beyond the file", "sensor", seal(packed(parts.with_manifest(far))), ("SHA-256 of the model",))


def _archives(data: bytes) -> Iterator[_Bad]:
    """Archives that lie about themselves."""
    parts = taken_apart(data)
    yield _Bad("stored, not deflated", "sensor", seal(packed(parts, zipfile.ZIP_STORED)), ())
    extra = seal(packed(parts.with_members({"extra.txt": b"x"})))
    yield _Bad("a member too many", "sensor", extra, ("archive holds", "extra.txt"))
    named = parts.manifest
    named["assets"]["more.txt"] = {"size": 1, "sha256": "0" * 64}
    yield _Bad(
        "a member too few", "sensor", seal(packed(parts.with_manifest(named))), ("the manifest names", "more.txt")
    )
    twice = _twice(parts)
    yield _Bad("a member twice", "sensor", twice, ("archive holds",))
    without = {name: content for name, content in parts.members.items() if name != MANIFEST_NAME}
    yield _Bad("no manifest", "sensor", seal(packed(Parts(parts.model, without))), ("edgernn.json is missing",))
    sizes = _central_field(data, GOLDEN_NAME, 24)
    for name, value in (("a member of 300 MB", 300 * 2**20), ("a member of 4 GB", 2**32 - 2)):
        gist = ("golden.json claims more than 268435456 bytes",)
        yield _Bad(name, "sensor", resealed(data, _put(sizes, value.to_bytes(4, "little"))), gist)
    small = resealed(data, _put(sizes, (16).to_bytes(4, "little")))
    yield _Bad("a member larger than it says", "sensor", small, ("golden.json cannot be unpacked",))
    method = _central_field(data, GOLDEN_NAME, 10)
    yield _Bad("a method that is not known", "sensor", resealed(data, _put(method, b"\x63\0")), ("cannot be unpacked",))
    flags = _central_field(data, GOLDEN_NAME, 8)
    yield _Bad("an encrypted member", "sensor", resealed(data, _put(flags, b"\x01\0")), ("cannot be unpacked",))
    checksum = _central_field(data, GOLDEN_NAME, 16)
    yield _Bad("a wrong checksum", "sensor", resealed(data, _put(checksum, b"\0\0\0\0")), ("cannot be unpacked",))
    yield _Bad("a bomb", "sensor", _bomb(parts), ("damaged",))


def _twice(parts: Parts) -> bytes:
    # A name of the same length, written over afterwards: zipfile warns of a second member of one name.
    other = "g0lden.json"
    data = packed(parts.with_members({other: parts.members[GOLDEN_NAME]}))
    return seal(data.replace(other.encode(), GOLDEN_NAME.encode()))


def _bomb(parts: Parts) -> bytes:
    """A member of 8 MB of zeros in 8 kB that says it has as many bytes as the manifest names."""
    content = bytes(8 << 20)
    data = packed(parts.with_members({GOLDEN_NAME: content}))
    honest = len(parts.members[GOLDEN_NAME])
    changed = bytearray(data)
    place = data.index(_CENTRAL)
    while data[place + 46 : place + 46 + len(GOLDEN_NAME)] != GOLDEN_NAME.encode():
        place = data.index(_CENTRAL, place + 4)
    changed[place + 16 : place + 20] = zlib.crc32(content[:honest]).to_bytes(4, "little")
    changed[place + 24 : place + 28] = honest.to_bytes(4, "little")
    return seal(bytes(changed))


def _central_field(data: bytes, name: str, offset: int) -> int:
    """Where a field of a member's entry in the central directory lies."""
    end = data.rindex(b"PK\x05\x06")
    place = data.index(_CENTRAL, end - int.from_bytes(data[end + 12 : end + 16], "little"))
    while data[place + 46 : place + 46 + len(name)] != name.encode():
        place = data.index(_CENTRAL, place + 4)
    return place + offset


def _put(place: int, content: bytes) -> Callable[[bytearray], None]:
    def change(body: bytearray) -> None:
        body[place : place + len(content)] = content

    return change


def _manifests(data: bytes) -> Iterator[_Bad]:
    """Manifests that are not valid; all faults are named."""
    parts = taken_apart(data)

    def with_change(name: str, change: Callable[[dict[str, Any]], None], *gist: str) -> _Bad:
        document = parts.manifest
        change(document)
        return _Bad(name, "sensor", seal(packed(parts.with_manifest(document))), gist)

    def put(*path: str | int, value: Any) -> Callable[[dict[str, Any]], None]:
        def change(document: Any) -> None:
            for key in path[:-1]:
                document = document[key]
            document[path[-1]] = value

        return change

    not_json = seal(packed(parts.with_members({MANIFEST_NAME: b"{"})))
    yield _Bad("a manifest that is no JSON", "sensor", not_json, ("edgernn.json is not JSON",))
    # Without an object nothing says how long the model is.
    yield _Bad("a manifest that is a list", "sensor", seal(packed(parts.with_manifest([]))), ("expected an object",))
    yield with_change("a newer format", put("format_version", value=2), "format 2 is newer", "up to 1")
    yield with_change("an older format", put("format_version", value=0), "format_version: expected 1 or more, found 0")
    yield with_change("a field that is not known", put("colour", value="red"), "colour: unknown field")
    yield with_change("a field that is missing", lambda one: one.pop("target"), "target: missing")
    yield with_change(
        "a text for a number",
        put("golden", "vectors", value="20"),
        "golden.vectors: expected a whole number, found a text",
    )
    yield with_change(
        "true for a number", put("golden", "tolerance", value=True), "golden.tolerance: expected a number, found true"
    )
    yield with_change("null for a text", put("target", value=None), "target: expected a text, found null")
    yield with_change(
        "a mode that is not known",
        put("execution", "mode", value="fast"),
        "execution.mode: expected one of chunked, whole, dynamic, encode_step",
    )
    yield with_change(
        "a type that is not known", put("inputs", 0, "dtype", value="float64"), "inputs[0].dtype: expected one of"
    )
    yield with_change(
        "a digest in capitals",
        put("model", "sha256", value="A" * 64),
        "model.sha256: expected 64 lower-case hexadecimal digits",
    )
    yield with_change(
        "too few golden vectors", put("golden", "vectors", value=15), "golden.vectors: expected 16 or more, found 15"
    )
    yield with_change(
        "a state of another name", put("execution", "states", 0, "name", value="h"), "does not begin with state_"
    )
    yield with_change(
        "an input that is none", put("execution", "sequence_inputs", value=["z"]), "is not one of the model's"
    )
    yield with_change(
        "no signature of one step",
        lambda one: one["execution"]["signatures"].pop(),
        "chunked needs one of a single step",
    )
    yield with_change("no signatures", put("execution", "signatures", value=[]), "at least one is needed")
    yield with_change(
        "a task that is not known", put("task", "name", value="paint"), "task.name: expected one of classify"
    )

    def several(document: dict[str, Any]) -> None:
        document["kit_version"] = 1
        document["inputs"] = {}
        del document["proof"]

    yield with_change(
        "several faults",
        several,
        "kit_version: expected a text, found a number",
        "inputs: expected a list, found an object",
        "proof: missing",
    )


def _tasks(data: bytes) -> Iterator[_Bad]:
    """Bundles whose parts do not fit each other."""
    parts = taken_apart(data)

    def with_asset(name: str, asset: str, content: bytes, *gist: str) -> _Bad:
        changed = parts.with_members({asset: content}).with_manifest(with_hash_of(parts.manifest, asset, content))
        return _Bad(name, "tiny.int8", seal(packed(changed)), gist)

    labels = parts.members["labels.txt"]
    yield with_asset("a label too many", "labels.txt", labels + b"more\n", "4 labels for 3 outputs")
    yield with_asset("one label", "labels.txt", b"alone\n", "two or more")
    yield with_asset("labels that are equal", "labels.txt", b"a\nb\na\n", "each once")
    yield with_asset("an empty label", "labels.txt", b"a\n\nc\n", "none empty")
    yield with_asset("labels that are not UTF-8", "labels.txt", b"a\xff\nb\nc\n", "not UTF-8")
    yield with_asset("a tokenizer that is no JSON", "tokenizer.json", b"{", "tokenizer is not JSON")
    yield with_asset("a tokenizer without a model", "tokenizer.json", b"{}", "no model")
    for name in ("labels.txt", "tokenizer.json"):
        document = parts.manifest
        del document["assets"][name]
        members = {n: content for n, content in parts.members.items() if n != name}
        changed = Parts(parts.model, {**members, MANIFEST_NAME: json.dumps(document).encode()})
        yield _Bad(
            f"without {name}", "tiny.int8", seal(packed(changed)), (f"assets: {name} is missing (the task needs it)",)
        )
