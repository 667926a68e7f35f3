"""Reading texts: every block, in order, once; and splits that can be repeated."""

from __future__ import annotations

import itertools
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime import InputError
from edgernn.edge_runtime.lm.corpus import Block, open_corpus
from edgernn.edge_runtime.lm.split import divide, split_of


def text_of(path) -> str:
    return "".join(block.text for block in open_corpus(str(path)).blocks())


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1, max_size=3000))
def test_nothing_is_lost(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("text") / "a.txt"
    path.write_bytes(text.encode("utf-8"))
    assert text_of(path) == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("length", [511, 512, 513, 1023, 2048])
def test_line_ends_across_blocks(tmp_path, length):
    text = "a" * length + "\r\n" + "b\rc\n" + "d" * 600
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert text_of(tmp_path / "a.txt") == text.replace("\r\n", "\n").replace("\r", "\n")


def test_blocks_end_with_lines_or_words(tmp_path):
    (tmp_path / "a.txt").write_text("one two three\n" * 500 + "word " * 2000 + "x" * 3000)
    blocks = [block.text for block in open_corpus(str(tmp_path / "a.txt")).blocks()]
    for before, after in itertools.pairwise(blocks):
        assert before.endswith("\n") or after.startswith(" ") or before.endswith("x")


def test_a_folder_is_read_in_order_and_what_is_no_text_is_named(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.py").write_text("second\n")
    (tmp_path / "a.txt").write_text("first\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "old.txt").write_bytes("caf\u00e9".encode("latin-1"))
    (tmp_path / ".hidden").write_text("no")
    corpus = open_corpus(str(tmp_path))
    assert list(corpus.blocks()) == [Block("first\n", ends=True), Block("second\n", ends=True)]
    assert {skipped.path.name for skipped in corpus.skipped} == {"picture.png", "old.txt"}
    before = corpus.sha256
    (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    assert open_corpus(str(tmp_path)).sha256 != before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"abc\0def", r"not text \(byte 4 is zero\)"),
        ("caf\u00e9".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, content, words):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(InputError, match=words):
        open_corpus(str(tmp_path / "a.txt"))


def test_a_folder_without_text_is_refused(tmp_path):
    with pytest.raises(InputError, match="no UTF-8 text in this folder"):
        open_corpus(str(tmp_path))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['{"text": "a"}', "{"], "line 2: not JSON"),
        (['{"text": "a"}', "[1]"], "line 2: expected an object"),
        (['{"text": "a"}', '{"words": "b"}'], 'line 2: expected {"text"'),
        (['{"text": "a", "split": "dev"}'], "line 1: expected"),
    ],
)
def test_json_lines_are_checked(tmp_path, lines, words):
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match=words):
        list(open_corpus(str(tmp_path / "a.jsonl")).blocks())


def test_splits_that_the_data_names_are_kept(tmp_path):
    lines = [{"text": f"{split} {number}", "split": split} for number in range(3) for split in ("train", "test")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, lines)))
    divided = list(divide(open_corpus(str(tmp_path / "a.jsonl")).blocks(), 1))
    assert all(block.text.startswith(split) for split, block in divided)
    with pytest.raises(InputError, match="line 2 names no split"):
        list(divide([Block("a", "train"), Block("b")], 1))


def test_every_split_gets_its_part_evenly():
    for seed in (0, 1, 7):
        splits = [split_of(number, seed) for number in range(2000)]
        for start in range(0, 2000, 20):
            assert sorted(splits[start : start + 20]) == ["test"] + ["train"] * 18 + ["validation"]
    assert [split_of(n, 1) for n in range(200)] != [split_of(n, 2) for n in range(200)]
    # By hand once, so that splits recorded in bundles stay what they are.
    assert [n for n in range(60) if split_of(n, 1) == "test"] == [16, 25, 45]


def test_memory_does_not_grow_with_the_text(tmp_path):
    path = tmp_path / "long.txt"
    with path.open("w") as file:
        for number in range(400_000):
            file.write(f"line {number} of a text that is long enough\n")
    tracemalloc.start()
    total = sum(len(block.text) for block in open_corpus(str(path)).blocks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == path.stat().st_size
    assert peak < 8_000_000
