"""The agent as it runs on a device, with a stand-in for `edgernn` and the kit's own supervisor."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from deploy.device import NAME, sha

from edgernn.devices.deploy.device.place import Version
from edgernn.devices.deploy.hosts import LOCAL, parse_host
from edgernn.devices.deploy.remote import ask
from edgernn.devices.deploy.transport import Local

OLD, NEW = b"good old", b"good new"


def names(device):
    return [one.name for one in device.place.versions()]


def test_a_first_deploy_serves(device):
    done = device.deploy(OLD)
    assert (done.status, done.reason) == (0, "")
    assert done.found["before"] is None
    assert done.found["service"] == "supervisor"
    assert done.found["slower"] is None
    assert "@reboot python3" in done.found["advice"]
    assert device.current() == device.served() == sha(OLD)
    assert names(device) == [f"20260101T000001Z-{sha(OLD)[:12]}"]
    assert str(device.place.current_link.readlink()) == f"versions/{names(device)[0]}"
    assert not device.place.previous_link.exists()
    assert device.leftovers() == []


def test_the_next_one_replaces_it_and_a_rollback_goes_back_further_each_time(device):
    contents = [b"good 1", b"good 2", b"good 3"]
    found = [device.deploy(content).found for content in contents]
    assert [one["slower"] for one in found] == [None, 1.1, 1.1]
    assert device.served() == sha(contents[2])
    assert device.place.previous().sha256 == sha(contents[1])
    done = device.roll_back()
    assert (done.status, done.found["version"]) == (0, names(device)[1])
    assert device.current() == device.served() == sha(contents[1])
    assert len(names(device)) == 3
    assert device.roll_back().status == 0
    assert device.current() == device.served() == sha(contents[0])
    last = device.roll_back()
    assert (last.status, last.reason) == (2, "there is no version of model before the current one")
    assert device.served() == sha(contents[0])


def test_what_was_rolled_back_from_is_not_the_previous_of_the_next(device):
    for content in (b"good 1", b"good 2"):
        device.deploy(content)
    device.roll_back()
    device.deploy(b"good 3")
    assert device.place.previous().sha256 == sha(b"good 1")
    assert device.roll_back().found["version"] == names(device)[0]


def test_the_same_bundle_again_changes_nothing(device):
    device.deploy(OLD)
    child = json.loads((device.place.folder / "supervisor.json").read_text())["child"]
    done = device.deploy(OLD)
    assert (done.status, done.found["unchanged"], done.found["health_seconds"]) == (0, True, 0.0)
    assert json.loads((device.place.folder / "supervisor.json").read_text())["child"] == child
    assert len(names(device)) == 1


def test_the_same_bundle_is_sent_again_where_the_disk_has_lost_it(device):
    device.deploy(OLD)
    device.place.model(names(device)[0]).write_bytes(b"good olD")
    done = device.deploy(OLD)
    assert (done.status, done.found["unchanged"]) == (0, False)
    assert device.current() == sha(OLD)


def test_only_so_many_versions_are_kept_and_never_less_than_two(device):
    for number in range(4):
        done = device.deploy(f"good {number}".encode(), keep=1)
    assert [one.sha256 for one in device.place.versions()] == [sha(b"good 2"), sha(b"good 3")]
    assert done.found["removed"] == [f"20260101T000002Z-{sha(b'good 1')[:12]}"]


BAD = {
    "wrong": ("self-test on the device failed: vector 3: output differs by 0.4 of the scale, 0.02 is allowed", 1),
    "crash": ("self-test on the device crashed (SIGSEGV)", 1),
    "hang": ("self-test on the device took more than 2 s", 1),
    "slow": ("it is 11.5 times as slow as the version that serves (10 is refused)", 1),
}


@pytest.mark.parametrize("word", BAD)
def test_what_fails_a_test_never_serves(device, word):
    device.deploy(OLD)
    done = device.deploy(f"{word} new".encode(), seconds=2.0)
    assert (done.reason, done.status) == BAD[word]
    assert device.current() == device.served() == sha(OLD)
    assert len(names(device)) == 1
    assert device.leftovers() == []


def test_what_other_inputs_need_is_not_compared(device):
    device.deploy(OLD)
    done = device.deploy(b"other new")
    assert (done.status, done.found["slower"]) == (0, None)
    assert device.served() == sha(b"other new")


def test_a_server_that_does_not_start_is_rolled_back(device):
    device.deploy(b"good older")
    device.deploy(OLD)
    done = device.deploy(b"dies new")
    assert done.status == 1
    reason = f"the server does not start: edgernn serve: {device.place.folder}/current/model.tflite: cannot be served"
    assert done.reason.startswith(f"{reason}; rolled back to {names(device)[1]} (")
    assert device.current() == device.served() == sha(OLD)
    assert device.place.previous().sha256 == sha(b"good older")
    assert len(names(device)) == 2


def test_a_server_that_serves_something_else_is_rolled_back_when_the_time_is_over(device):
    device.deploy(OLD)
    began = time.monotonic()
    done = device.deploy(b"another new", seconds=2.0)
    assert time.monotonic() - began > 2
    assert done.reason.startswith(
        f"after 2 s the server on port {device.port} still serves {'0' * 12}; rolled back to "
    )
    assert device.current() == device.served() == sha(OLD)


def test_a_first_one_that_does_not_start_leaves_nothing(device):
    done = device.deploy(b"dies new")
    assert done.status == 1
    assert "; nothing was served before, and nothing is now (" in done.reason
    assert device.current() == ""
    assert names(device) == []
    assert device.deploy(OLD).status == 0
    assert device.served() == sha(OLD)


def test_a_bundle_that_arrives_changed_or_cut_short(device):
    device.deploy(OLD)
    done = device.deploy(NEW, sent=b"good nEw")
    assert (done.status, done.reason) == (
        1,
        "the bundle's SHA-256 on the device is not that of the one sent: try again",
    )
    done = device.deploy(NEW, sent=b"good")
    assert (done.status, done.reason) == (2, "the connection broke while the bundle was being sent: try again")
    assert device.current() == device.served() == sha(OLD)
    assert device.leftovers() == []


def test_another_port_and_back_where_it_is_taken(device):
    device.deploy(OLD)
    old_port, other = device.port, device.__class__(device.root.parent / "other", device.edgernn)
    other.deploy(b"good elsewhere")
    done = device.deploy(NEW, port=other.port, seconds=3.0)
    assert done.status == 1
    assert "; rolled back to " in done.reason
    assert device.served() == sha(OLD)
    other.close()
    assert device.deploy(NEW, port=other.port).found["port"] == other.port
    device.port = other.port
    assert device.served() == sha(NEW)
    assert device.deploy(b"good newer", port=0).found["port"] == other.port
    device.port = old_port
    assert device.served(0.1) == ""


def test_two_deploys_do_not_meet(device):
    device.deploy(OLD)
    with (device.place.folder / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = device.deploy(NEW)
    assert (done.status, done.reason) == (
        2,
        "another deploy of model is under way on this device: wait for it",
    )
    assert device.current() == sha(OLD)


def test_boards_that_are_not_ready(device, monkeypatch, tmp_path):
    gone = device.deploy(OLD, edgernn=str(tmp_path / "nowhere"))
    assert gone.reason == f"--edgernn {tmp_path / 'nowhere'}: there is no such program on the device"
    large = device.deploy(OLD, size=1 << 60)
    assert large.reason.endswith("are needed: remove files there")
    monkeypatch.setenv("STANDIN_NO_ENGINE", "1")
    lacking = device.deploy(OLD)
    assert lacking.reason == "edgernn doctor on the device: no engine: x is not installed: pip install x"
    assert {gone.status, large.status, lacking.status} == {2}
    assert not device.root.exists()


@pytest.mark.parametrize("root", ["/", "relative", "/a b", "/a%h", '/a"b', "/a$b"])
def test_roots_that_a_unit_file_would_read_in_another_way(device, root):
    done = device.deploy(OLD, root=root)
    assert done.status == 2
    assert done.reason.startswith(f"--root {root}: give an absolute path")


def test_names_that_are_none(device):
    assert device.deploy(OLD, name="../x").reason.startswith("'../x' cannot be a model's name")


def test_the_supervisor_starts_a_server_again_and_a_second_supervisor_takes_over_its_port(device):
    device.deploy(OLD)
    state = device.place.folder / "supervisor.json"
    child = json.loads(state.read_text())["child"]
    os.kill(child, signal.SIGKILL)
    assert device.served() == sha(OLD)
    assert json.loads(state.read_text())["child"] != child
    supervisor = int((device.place.folder / "supervisor.lock").read_text())
    os.kill(supervisor, signal.SIGKILL)
    assert device.deploy(NEW).status == 0
    assert device.current() == device.served() == sha(NEW)


def switched_and_gone(device, content):
    """As a deploy leaves it whose power went behind the switch: tested, current, and never found well."""
    device.deploy(OLD)
    place = device.place
    old = place.current()
    incoming = place.versions_folder / ".incoming-1"
    incoming.mkdir()
    (incoming / "model.tflite").write_bytes(content)
    new = Version(f"20260201T000000Z-{sha(content)[:12]}", sha(content), len(content), "2026-02-01T00:00:00+00:00")
    place.publish(incoming, new)
    place.doubt(json.loads((place.folder / "service.json").read_text()))
    place.switch(new, old)


def test_what_was_never_found_well_and_does_not_start_gives_way_by_itself(device):
    switched_and_gone(device, b"dies new")
    os.kill(int((device.place.folder / "supervisor.lock").read_text()), signal.SIGHUP)
    time.sleep(0.3)
    assert device.served(20) == device.current() == sha(OLD)
    assert not (device.place.folder / "unproven.json").exists()


def test_what_was_never_found_well_and_starts_stays(device):
    switched_and_gone(device, NEW)
    program, doubt = device.place.folder / "supervisor.py", device.place.folder / "unproven.json"

    def guard(word):
        subprocess.run([sys.executable, str(program), str(device.place.folder), word], check=True)

    guard("starting")
    assert json.loads(doubt.read_text())["starts"] == 1
    with (device.place.folder / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        guard("started")  # a deploy watches by itself
    assert doubt.exists()
    guard("started")
    assert not doubt.exists()
    for _ in range(5):
        guard("starting")
    assert device.current() == sha(NEW)


def test_the_next_deploy_goes_back_first(device):
    switched_and_gone(device, NEW)
    done = device.deploy(b"dies newer")
    assert "; rolled back to 20260101T000001Z-" in done.reason
    assert device.current() == device.served() == sha(OLD)
    assert not (device.place.folder / "unproven.json").exists()


def test_status_and_list(device):
    device.deploy(OLD)
    device.deploy(NEW)
    asked = {"root": str(device.root), "name": ""}
    found = ask(parse_host(LOCAL), Local(), {"action": "status", **asked}, 30).found["models"]
    assert found == [
        {
            "name": NAME,
            "version": names(device)[1],
            "sha256": sha(NEW),
            "serving": True,
            "served_sha256": sha(NEW),
            "port": device.port,
            "service": "supervisor",
            "options": {},
            "token": False,
            "versions": 2,
        }
    ]
    found = ask(parse_host(LOCAL), Local(), {"action": "list", **asked}, 30).found["models"]
    rows = [(row["sha256"], row["bytes"], row["current"], row["previous"]) for row in found[0]["versions"]]
    assert rows == [(sha(OLD), 8, False, True), (sha(NEW), 8, True, False)]
    asked["name"] = "nothing"
    assert ask(parse_host(LOCAL), Local(), {"action": "list", **asked}, 30).found == {"models": []}


def test_killed_at_any_moment_a_whole_version_is_current_and_one_serves(device):
    chance = random.Random(5)
    began = time.monotonic()
    device.deploy(b"good 0")
    longest = time.monotonic() - began
    # What is served may be older than what is current: it was killed between the switch and the restart.
    content = served = sha(b"good 0")
    killed = 0
    for number in range(1, 31):
        new = f"good {number}".encode()
        process = device.start_deploy(new)
        for _ in range(chance.randrange(6)):  # steps that it tells of
            process.stdout.readline()
        time.sleep(chance.uniform(0, longest / 6))
        process.kill()
        process.stdout.close()
        killed += process.wait() == -signal.SIGKILL
        known = {content, served, sha(new)}
        content, served = device.current(), device.served()
        assert content in known, number
        assert served in known, number
    assert killed >= 5
    assert device.deploy(b"good last").status == 0
    assert device.current() == device.served() == sha(b"good last")
    assert device.leftovers() == []
