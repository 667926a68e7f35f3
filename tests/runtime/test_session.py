"""Sessions: the same numbers however a sequence is cut, and whatever other sessions do in between."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest
from conftest import FIXTURES

from edgernn.edge_runtime import InputError, load
from edgernn.edge_runtime.engines import survey

USABLE = [status.name for status in survey() if status.available]
INT8 = FIXTURES / "tiny.int8.tflite"


def ids(count, seed=0):
    return np.random.default_rng(seed).integers(1, 250, (1, count)).astype(np.int32)


@pytest.fixture(scope="module", params=USABLE)
def model(request):
    return load(FIXTURES / "tiny.float32.tflite", engine=request.param)


def last(steps):
    return list(steps)[-1]["probabilities"]


def test_single_steps_end_where_the_whole_sequence_does(model):
    sequence = ids(37)
    whole = model.run({"tokens": sequence})["probabilities"]
    session = model.session()
    stepped = [session.step(token)["probabilities"] for token in sequence[0]]
    np.testing.assert_allclose(stepped[-1], whole, atol=1e-6)
    assert not np.allclose(stepped[0], stepped[-1], atol=1e-3)


def test_pieces_and_iterators_go_on_from_each_other(model):
    sequence = ids(41, seed=1)
    whole = model.run({"tokens": sequence})["probabilities"]
    session = model.session()
    session.run({"tokens": sequence[:, :20]})
    session.run(sequence[:, 20:23])
    lazy = session.run(iter(sequence[0, 23:]))
    np.testing.assert_allclose(last(lazy), whole, atol=1e-6)


def test_an_iterator_is_computed_as_it_is_asked_for(model):
    session, before = model.session(), model.session()
    lazy = session.run(iter(ids(5)[0]))
    np.testing.assert_equal(session.snapshot(), before.snapshot())
    next(lazy)
    assert not np.array_equal(session.snapshot()["state_lstm_1_h"], before.snapshot()["state_lstm_1_h"])


@pytest.mark.parametrize("value", [7, np.int64(7), [7], [[7]], np.array([[7]], np.int32), {"tokens": 7}])
def test_a_step_may_leave_out_the_axes_of_size_1(model, value):
    expected = model.run({"tokens": [[7]]})["probabilities"]
    np.testing.assert_array_equal(model.session().step(value)["probabilities"], expected)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([7, 8], r"input 'tokens' has shape \[2\], expected \[1, 1\]"),
        ([[7, 8]], r"has shape \[1, 2\], expected \[1, 1\]"),
        ("a", "has dtype"),
        (7.5, "has dtype float64, expected int32"),
        (2**40, "beyond int32"),
        ({"words": 7}, "unknown input 'words'"),
        ({}, "input 'tokens' is missing"),
    ],
)
def test_a_wrong_step_is_refused_and_changes_nothing(model, value, fault):
    session = model.session()
    session.step(3)
    before = session.snapshot()
    with pytest.raises(InputError, match=fault):
        session.step(value)
    np.testing.assert_equal(session.snapshot(), before)


def test_the_models_own_calls_do_not_touch_a_session(model):
    session = model.session()
    alone = [session.step(token)["probabilities"] for token in ids(9)[0]]
    session.reset()
    for token, expected in zip(ids(9)[0], alone, strict=True):
        model.run({"tokens": ids(6, seed=int(token))})
        np.testing.assert_array_equal(session.step(token)["probabilities"], expected)


@pytest.mark.parametrize("engine", USABLE)
@pytest.mark.parametrize("name", ["tiny.float32.tflite", "tiny.int8.tflite"])
def test_interleaved_sessions_are_those_that_run_alone_bit_for_bit(name, engine):
    model = load(FIXTURES / name, engine=engine)
    count, steps = 200, 12
    tokens = np.random.default_rng(5).integers(1, 250, (count, steps))
    alone = []
    for row in tokens[:20]:
        session = model.session()
        alone.append([session.step(token)["probabilities"] for token in row])
    sessions = [model.session() for _ in range(count)]
    seen = [[] for _ in range(count)]
    # A fixed random order in which each session takes its steps in turn.
    for number in np.random.default_rng(6).permutation(np.repeat(np.arange(count), steps)):
        seen[number].append(sessions[number].step(tokens[number, len(seen[number])])["probabilities"])
    np.testing.assert_array_equal(np.array(seen[:20]), np.array(alone))


def test_snapshot_restore_and_fork(model):
    session = model.session()
    for token in ids(8)[0]:
        session.step(token)
    kept, fork = session.snapshot(), session.fork()
    first = [session.step(token)["probabilities"] for token in ids(5, seed=2)[0]]
    np.testing.assert_array_equal([fork.step(t)["probabilities"] for t in ids(5, seed=2)[0]], first)
    session.restore(kept)
    np.testing.assert_array_equal([session.step(t)["probabilities"] for t in ids(5, seed=2)[0]], first)
    session.restore(kept)
    other = session.step(99)["probabilities"]
    assert not np.array_equal(other, first[0])
    assert session.states == {name: array.shape for name, array in kept.items() if name.startswith("state_")}


def test_a_snapshot_is_a_copy(model):
    session = model.session()
    session.step(5)
    kept = session.snapshot()
    values = {name: array.copy() for name, array in kept.items()}
    session.step(6)
    np.testing.assert_equal(kept, values)
    for array in kept.values():
        array[...] = 0 if array.dtype.kind == "f" else ""
    assert np.abs(session.snapshot()["state_lstm_1_h"]).max() > 0


def test_a_snapshot_goes_on_in_another_process(model, tmp_path):
    session = model.session()
    for token in ids(10, seed=4)[0]:
        session.step(token)
    np.savez(tmp_path / "state.npz", **session.snapshot())
    expected = session.step(17)["probabilities"]
    code = (
        "import sys, numpy as np\n"
        "from edgernn.edge_runtime import load\n"
        "session = load(sys.argv[1], engine=sys.argv[3]).session()\n"
        "session.restore(dict(np.load(sys.argv[2])))\n"
        "np.save(sys.argv[4], session.step(17)['probabilities'])\n"
    )
    words = [FIXTURES / "tiny.float32.tflite", tmp_path / "state.npz", model.engine, tmp_path / "out.npy"]
    subprocess.run([sys.executable, "-c", code, *map(str, words)], check=True, capture_output=True)
    np.testing.assert_array_equal(np.load(tmp_path / "out.npy"), expected)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda s: {k: v for k, v in s.items() if k != "state_lstm_1_h"}, "'state_lstm_1_h' is missing"),
        (lambda s: {**s, "state_more": np.zeros(1)}, "unknown input 'state_more'"),
        (lambda s: {**s, "state_lstm_1_h": np.zeros((1, 3), np.float32)}, "'state_lstm_1_h' has shape"),
        (lambda s: {**s, "model_sha256": np.array("0" * 64)}, "the snapshot is of another model"),
    ],
)
def test_wrong_snapshots_change_nothing(model, change, fault):
    session = model.session()
    session.step(3)
    before = session.snapshot()
    wrong = change(dict(before))
    with pytest.raises(InputError, match=fault):
        session.restore(wrong)
    np.testing.assert_equal(session.snapshot(), before)


def test_states_made_by_hand(model):
    session, other = model.session(), model.session()
    generator = np.random.default_rng(8)
    made = {name: generator.standard_normal(shape).astype(np.float32) for name, shape in session.states.items()}
    session.restore(made)
    expected = model.run({"tokens": ids(3)}, made)["probabilities"]
    np.testing.assert_allclose(last(session.run(iter(ids(3)[0]))), expected, atol=1e-6)
    assert not np.allclose(last(other.run(iter(ids(3)[0]))), expected, atol=1e-3)


def test_sessions_in_threads(model):
    rows = [ids(30, seed=k)[0] for k in range(6)]
    expected = []
    for row in rows:
        session = model.session()
        expected.append([session.step(token)["probabilities"] for token in row])
    found = [None] * len(rows)

    def work(number):
        session = model.session()
        found[number] = [session.step(token)["probabilities"] for token in rows[number]]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(np.array(found), np.array(expected))


@pytest.mark.skipif("litert-compiled" not in USABLE, reason="only CompiledModel packs weights into a file")
class TestWeightCache:
    def run(self, folder):
        return load(INT8, engine="litert-compiled", cache=folder).run({"tokens": ids(20)})["probabilities"]

    def test_is_made_once_and_used_again(self, tmp_path):
        expected = load(INT8).run({"tokens": ids(20)})["probabilities"]
        np.testing.assert_array_equal(self.run(tmp_path / "c"), expected)
        (digest,), (packed,) = (tmp_path / "c").glob("*.sha256"), (tmp_path / "c").glob("*.xnnpack")
        made = packed.stat().st_mtime_ns, packed.stat().st_ino
        np.testing.assert_array_equal(self.run(tmp_path / "c"), expected)
        assert (packed.stat().st_mtime_ns, packed.stat().st_ino) == made
        assert sorted(p.name for p in (tmp_path / "c").iterdir()) == sorted([digest.name, packed.name])

    @pytest.mark.parametrize("damage", ["flip", "cut", "other", "no digest"])
    def test_is_made_anew_when_it_does_not_match(self, tmp_path, damage):
        expected = self.run(tmp_path)
        (packed,), (digest,) = tmp_path.glob("*.xnnpack"), tmp_path.glob("*.sha256")
        data = bytearray(packed.read_bytes())
        data[len(data) // 2] ^= 0xFF
        if damage == "no digest":
            digest.unlink()
        else:
            packed.write_bytes({"flip": data, "cut": data[:100], "other": b"something else"}[damage])
        np.testing.assert_array_equal(self.run(tmp_path), expected)
        assert len(list(tmp_path.iterdir())) == 2

    def test_does_without_where_it_cannot_be_written(self, tmp_path):
        (tmp_path / "file").write_text("no folder")
        assert self.run(tmp_path / "file").shape == (1, 3)


def test_cores():
    code = (
        "import os, sys\n"
        "from edgernn.edge_runtime import load\n"
        "load(sys.argv[1], cores=[min(os.sched_getaffinity(0))])\n"
        "print(len(os.sched_getaffinity(0)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(INT8)], check=True, capture_output=True)
    assert done.stdout.strip() == b"1"
    with pytest.raises(InputError, match=r"cores \[4000\]: not to be had here, where there are"):
        load(INT8, cores=[4000])
