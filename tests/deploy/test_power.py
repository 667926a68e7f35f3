"""The power goes after every single change to the disk, in every kind of work; nothing but the work is in the way."""

from __future__ import annotations

import os
import shutil
import traceback

import pytest
from deploy.device import NAME, sha

from edgernn.devices.deploy.device import files, flow, health
from edgernn.devices.deploy.device.faults import Fault
from edgernn.devices.deploy.device.place import Place
from edgernn.devices.deploy.device.services import Supervised

OLDEST, OLD, NEW, NEXT = b"good oldest", b"good old", b"good new", b"good next"


class Quiet(Supervised):
    """Leaves its files, and starts nothing."""

    def restart(self):
        pass

    def stop(self):
        pass

    def advice(self):
        return ""


@pytest.fixture(autouse=True)
def _no_programs(monkeypatch):
    def wait(port, name, sha256, seconds, trouble):
        return "it is not well" if sha256 == sha(b"dies") else ""

    monkeypatch.setattr(flow, "check_board", lambda *_: {})
    monkeypatch.setattr(flow, "check_values", lambda *_: "")
    monkeypatch.setattr(flow, "check_speed", lambda *_: None)
    monkeypatch.setattr(flow, "open_service", lambda kind, place, text: Quiet(place, text))
    monkeypatch.setattr(health, "wait", wait)
    monkeypatch.setattr(health, "ask", lambda port: None)


def request(root, content, stamp):
    return flow.Request(
        root=str(root),
        name=NAME,
        edgernn=shutil.which("true"),
        service="supervisor",
        port=8080,
        seconds=1.0,
        supervisor="pass\n",
        sha256=sha(content),
        size=len(content),
        stamp=f"20260101T00000{stamp}Z",
        deployed="2026-01-01T00:00:00+00:00",
        keep=1,
    )


def deploy(root, content, stamp):
    half = len(content) // 2
    return flow.deploy(request(root, content, stamp), iter([content[:half], content[half:]]), lambda step: None)


def roll_back(root):
    return flow.roll_back(request(root, b"", 9), lambda step: None)


def die_after(changes, work):
    """Does `work` in a process that ends after so many changes; its exit status: 0 done, 1 refused, 137 it died."""
    child = os.fork()
    if not child:
        status = 3
        try:
            files._Countdown.left = changes
            work()
            status = 0
        except Fault:
            status = 1
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def current(root):
    place = Place(str(root), NAME)
    version = place.current()
    if version is None:
        assert not place.current_link.is_symlink()
        return ""
    assert place.is_intact(version)
    assert (place.current_link / "model.tflite").resolve() == place.model(version.name).resolve()
    return version.sha256


WORKS = {
    "a deploy": (lambda root: deploy(root, NEW, 3), {OLD, NEW}, 0, NEW),
    "one that fails": (lambda root: deploy(root, b"dies", 3), {OLD, b"dies"}, 1, OLD),
    "a rollback": (roll_back, {OLDEST, OLD}, 0, OLDEST),
}


@pytest.mark.parametrize("kind", WORKS)
def test_after_every_change_the_old_or_the_new_version_is_there_whole(tmp_path, kind):
    work, allowed, status, last = WORKS[kind]
    ready = tmp_path / "ready"
    for stamp, content in enumerate((OLDEST, OLD), 1):
        deploy(ready, content, stamp)
    seen = set()
    for changes in range(1, 200):
        root = tmp_path / str(changes)
        shutil.copytree(ready, root, symlinks=True)
        ended = die_after(changes, lambda root=root: work(root))
        found = current(root)
        assert found in {sha(content) for content in allowed}, changes
        seen.add(found)
        if ended != 137:
            break
        # The next one goes through as if nothing had been, and leaves nothing behind.
        deploy(root, NEXT, 5)
        place = Place(str(root), NAME)
        assert current(root) == sha(NEXT), changes
        assert place.versions()[-1] == place.current()
        assert not [one for one in place.folder.rglob("*") if one.name.startswith(".") or one.name.endswith(".tmp")]
        assert {one.name for one in place.versions_folder.iterdir()} == {one.name for one in place.versions()}
        shutil.rmtree(root)
    assert (ended, found) == (status, sha(last))
    assert changes > 10
    assert seen == {sha(content) for content in allowed}


def test_the_first_deploy_leaves_nothing_or_all_of_it(tmp_path):
    seen = set()
    for changes in range(1, 200):
        root = tmp_path / str(changes)
        ended = die_after(changes, lambda root=root: deploy(root, OLD, 1))
        seen.add(found := current(root))
        if ended != 137:
            break
        deploy(root, OLD, 2)
        assert current(root) == sha(OLD)
    assert (ended, found) == (0, sha(OLD))
    assert seen == {"", sha(OLD)}


def test_a_full_disk_at_any_write_leaves_the_old_version(tmp_path, monkeypatch):
    ready = tmp_path / "ready"
    deploy(ready, OLD, 1)
    count = 0

    def full(file):
        nonlocal count
        count -= 1
        if count == 0:
            raise OSError(28, "No space left on device")
        real(file)

    real = files._to_disk
    monkeypatch.setattr(files, "_to_disk", full)
    for writes in range(1, 50):
        root = tmp_path / str(writes)
        shutil.copytree(ready, root, symlinks=True)
        count = writes
        try:
            deploy(root, NEW, 2)
        except (Fault, OSError) as error:
            told = str(error)
        else:
            break
        assert "No space left" in told
        assert current(root) == sha(OLD)
    assert writes > 3
    assert current(root) == sha(NEW)
