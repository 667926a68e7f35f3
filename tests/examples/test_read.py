from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.examples import BadLine, describe_bad_lines, read_examples


def read(tmp_path, name: str, content: str | bytes, **columns):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_examples(path, **columns)


def pairs(table):
    return [(example.text, example.label) for example in table.examples]


WANTED = [('he said "hi", twice', "a"), ("line one\nline two", "b"), ("plain", "a")]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(("delimiter", "name"), [(",", "x.csv"), (";", "x.csv"), ("\t", "x.tsv"), ("\t", "x.txt")])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_quotes_commas_line_ends_and_byte_order_marks(tmp_path, ends, delimiter, name, mark):
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=ends)
    writer.writerows([("message", "label"), *WANTED])
    table = read(tmp_path, name, mark + buffer.getvalue())
    assert pairs(table) == WANTED
    assert (table.text_column, table.label_column) == ("message", "label")
    assert table.bad_lines == ()


def test_columns_may_stand_anywhere(tmp_path):
    table = read(tmp_path, "x.csv", ",spam,text\n0,1,win now\n1,0,hello there\n")
    assert pairs(table) == [("win now", "1"), ("hello there", "0")]


def test_without_a_header(tmp_path):
    table = read(tmp_path, "x.tsv", "ham\tsee you\nspam\twin a prize now\nham\tok then, later\n")
    assert pairs(table)[0] == ("see you", "ham")
    assert (table.text_column, table.label_column) == ("column 2", "column 1")


def test_names_that_nobody_knows_are_found_by_content(tmp_path):
    rows = "".join(f"some long sentence number {i},{'xy'[i % 2]}\n" for i in range(20))
    table = read(tmp_path, "x.csv", "phrase_de,klasse\n" + rows, text_column=None)
    assert {label for _, label in pairs(table)} >= {"x", "y"}


def test_columns_by_hand(tmp_path):
    content = "text,label,other,kind\na,1,b,2\nc,3,d,4\n"
    assert pairs(read(tmp_path, "x.csv", content, text_column="other", label_column="kind")) == [("b", "2"), ("d", "4")]
    with pytest.raises(InputError, match="no column 'nope' for the label: the file has text, label, other, kind"):
        read(tmp_path, "x.csv", content, label_column="nope")


def test_json_lines(tmp_path):
    lines = [
        json.dumps({"text": "one\u2028two", "label": "a", "id": 1}, ensure_ascii=False),
        json.dumps({"text": "three", "label": 5}),
        "",
        "{broken",
        json.dumps(["no", "object"]),
        json.dumps({"text": "no label"}),
        json.dumps({"text": "four", "label": True}),
        json.dumps({"text": None, "label": "a"}),
    ]
    table = read(tmp_path, "x.jsonl", "\n".join(lines))
    assert pairs(table) == [("one\u2028two", "a"), ("three", "5"), ("four", "true")]
    assert [(b.number, b.reason) for b in table.bad_lines] == [
        (4, "not valid JSON"),
        (5, "expected an object with a text and a label"),
        (6, "no key 'label'"),
        (8, "empty text"),
    ]


def test_bad_lines_by_number(tmp_path):
    content = 'text,label\nfine,a\nonly one\ntoo,many,fields\n"two\nlines",b\n,b\nlast,\nend,b\n'
    table = read(tmp_path, "x.csv", content)
    assert pairs(table) == [("fine", "a"), ("two\nlines", "b"), ("end", "b")]
    assert [(b.number, b.reason) for b in table.bad_lines] == [
        (3, "1 fields instead of 2"),
        (4, "3 fields instead of 2"),
        (7, "empty text"),
        (8, "empty label"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("x.csv", b"", "no records"),
        ("x.csv", b"text\nhello\n", "one column"),
        ("x.csv", b"text,label\na,x\nb,x\n", "every example has the label 'x'"),
        ("x.csv", b"text,label\n,\n", "no line with a text and a label; line 2: empty text"),
        ("x.csv", b"text,label\nok,a\ncaf\xe9,b\n", "line 3: not UTF-8"),
        ("x.csv", b"text,label\n\x00\x01", "binary file"),
        ("x.jsonl", b"nonsense\n", "expected objects such as"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, name, content, fault):
    with pytest.raises(InputError) as caught:
        read(tmp_path, name, content)
    assert fault in str(caught.value)
    assert name in str(caught.value)


def test_folder_and_missing_file(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_examples(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read_examples(tmp_path / "none.csv")


cells = st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1).filter(
    lambda text: text.strip() and "\r" not in text
)


@given(st.lists(st.tuples(cells, st.sampled_from(["a", "b"])), min_size=2))
def test_every_csv_that_python_writes_is_read_back(tmp_path_factory, rows):
    rows = [*rows, ("end", "a"), ("end", "b")]
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([("text", "label"), *rows])
    table = read(tmp_path_factory.mktemp("csv"), "x.csv", buffer.getvalue())
    assert pairs(table) == rows


def test_bad_lines_are_told_in_ranges():
    lines = [BadLine(n, "empty text") for n in (9, 3, 7, 8)] + [BadLine(5, "not valid JSON")]
    assert describe_bad_lines(lines) == [
        "lines 3, 7-9 left out: empty text",
        "line 5 left out: not valid JSON",
    ]
    many = describe_bad_lines([BadLine(2 * n, "x") for n in range(1000)])
    assert len(many) == 1
    assert many[0].endswith("198, ... (1000 lines in all) left out: x")
