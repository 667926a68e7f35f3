"""Pairs of sentences: files good and bad, cleaning by hand, and a division that nothing leaks through."""

# ruff: noqa: RUF001 - Ukrainian letters look like Latin ones

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.translate.reading.bitext import Pair
from edgernn.edge_runtime.translate.reading.clean import RULES, clean
from edgernn.edge_runtime.translate.reading.corpus import open_parallel
from edgernn.edge_runtime.translate.reading.divide import divide, key_of, swapped, with_references
from edgernn.train.data.tatoeba import TatoebaEnglishSpanish, split_of

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en-US" datatype="plaintext"/><body>
<tu><tuv xml:lang="uk"><seg>Привіт, світе!</seg></tuv><tuv xml:lang="en-US"><seg>Hello, world!</seg></tuv></tu>
<tu><tuv xml:lang="en-GB"><seg>Press <bpt i="1">&lt;b&gt;</bpt>OK<ept i="1">&lt;/b&gt;</ept> &amp; wait.</seg></tuv>
<tuv lang="uk"><seg>Натисніть <hi>OK</hi>
  і чекайте.</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>Only English</seg></tuv></tu>
{more}</body></tmx>
"""
UKRAINIAN = (
    Pair("Hello, world!", "Привіт, світе!"),
    Pair("Press OK & wait.", "Натисніть OK і чекайте."),
)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


def test_a_tsv_needs_no_header_and_further_columns_do_no_harm(tmp_path):
    data = write(tmp_path / "a.tsv", 'He said "no".\tВін сказав "ні".\tCC BY\r\n\r\n Go. \t\tx\r\n')
    corpus = open_parallel(data, ("en", "uk"))
    assert corpus.languages == ("en", "uk")
    assert corpus.pairs == (Pair('He said "no".', 'Він сказав "ні".'), Pair("Go.", ""))
    assert corpus.source.name == "a.tsv"


@pytest.mark.parametrize(
    ("header", "wanted", "languages", "first"),
    [
        ("target\tsplit\tsource", ("", ""), ("", ""), Pair("c", "a", "test")),
        ("uk\tsplit\ten", ("", ""), ("uk", "en"), Pair("a", "c", "test")),
        ("uk\tsplit\ten", ("en", ""), ("en", "uk"), Pair("c", "a", "test")),
    ],
)
def test_a_header_names_the_columns(tmp_path, header, wanted, languages, first):
    corpus = open_parallel(write(tmp_path / "a.tsv", f"{header}\na\ttest\tc\n"), wanted)
    assert (corpus.languages, corpus.pairs) == (languages, (first,))


def test_a_short_pair_of_words_is_no_header(tmp_path):
    corpus = open_parallel(write(tmp_path / "a.tsv", "Yes\tSí\nNo\tNo\n"))
    assert corpus.pairs == (Pair("Yes", "Sí"), Pair("No", "No"))


def test_json_lines_may_hold_several_references(tmp_path):
    lines = [{"source": "a", "target": "b"}, {"source": "c", "target": "d", "references": ["d", "e"], "split": "test"}]
    corpus = open_parallel(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert corpus.pairs == (Pair("a", "b"), Pair("c", "d", "test"), Pair("c", "e", "test"))


@pytest.mark.parametrize("named", ["corpus", "corpus.en", "corpus.uk", ""])
def test_moses_files_by_their_prefix_by_one_of_them_or_by_their_folder(tmp_path, named):
    folder = tmp_path / "set"
    folder.mkdir()
    # U+2028 parts lines for str.splitlines(), not for Moses.
    write(folder / "corpus.en", "One\u2028two\n\nThree\n")
    write(folder / "corpus.uk", "Один два\n\nТри")
    write(folder / "README.md", "read me\n")
    corpus = open_parallel(str(folder / named))
    assert corpus.languages == ("en", "uk")
    assert corpus.pairs == (Pair("One\u2028two", "Один два"), Pair("", ""), Pair("Three", "Три"))
    assert open_parallel(str(folder / named), ("uk", "en")).pairs[2] == Pair("Три", "Three")


def test_a_folder_of_parts(tmp_path):
    for part in ("train", "newsdev", "dev", "test"):
        for language in ("en", "uk"):
            write(tmp_path / f"{part}.{language}", f"{part} {language}\n")
    with pytest.raises(InputError, match="newsdev"):
        open_parallel(str(tmp_path))
    for language in ("en", "uk"):
        (tmp_path / f"newsdev.{language}").unlink()
    pairs = open_parallel(str(tmp_path)).pairs
    assert {pair.split: pair.source for pair in pairs} == {
        "train": "train en",
        "validation": "dev en",
        "test": "test en",
    }


def test_tmx_without_codes_and_notes(tmp_path):
    corpus = open_parallel(write(tmp_path / "a.tmx", TMX.format(more="")))
    assert corpus.languages == ("en", "uk")
    assert corpus.pairs == UKRAINIAN
    assert open_parallel(str(tmp_path / "a.tmx"), ("uk", "")).pairs == tuple(pair.swapped for pair in UKRAINIAN)


def test_tmx_with_three_languages_asks_which(tmp_path):
    german = '<tu><tuv xml:lang="de"><seg>Ja</seg></tuv><tuv xml:lang="en"><seg>Yes</seg></tuv></tu>'
    data = write(tmp_path / "a.tmx", TMX.format(more=german))
    with pytest.raises(InputError, match="choose with --source-language"):
        open_parallel(data)
    assert open_parallel(data, ("de", "en")).pairs == (Pair("Ja", "Yes"),)


BOMB = '<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tmx><body>&b;</body></tmx>'
DEEP = "<tmx>" + "<a>" * 40


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tmx", BOMB, "line 1: declares entities"),
        ("a.tmx", '<!DOCTYPE tmx [<!ENTITY x SYSTEM "/etc/passwd">]><tmx>&x;</tmx>', "declares entities"),
        ("a.tmx", DEEP, "too deep"),
        ("a.tmx", "<tmx><body>", "line 1: not XML: no element found"),
        ("a.tmx", "<html></html>", "html, not tmx"),
        ("a.tmx", "<tmx><body><tu><tuv><seg>a</seg></tuv></tu></body></tmx>", "without a language"),
        ("a.tmx", "<tmx><body></body></tmx>", "sentences in two languages are needed"),
        ("a.tsv", "one\ttwo\nthree\n", "line 2: 1 column: expected"),
        ("a.tsv", "\n\n", "no pair of sentences"),
        ("a.tsv", "source\ttarget\tsplit\na\tb\tdevil\n", "line 2: split 'devil'"),
        ("a.jsonl", '{"source": "a"}\n', "line 1: expected two texts"),
        ("a.jsonl", '{"source": "a", "target": "b"}\n[]\n', "line 2: expected an object"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path, name, text, message):
    with pytest.raises(InputError, match=message):
        open_parallel(write(tmp_path / name, text))


def test_a_text_without_end_in_tmx_is_refused(tmp_path):
    text = f'<tmx><body><tu><tuv xml:lang="en"><seg>{"a" * 100_001}</seg></tuv></tu></body></tmx>'
    with pytest.raises(InputError, match="more than 100,000 characters"):
        open_parallel(write(tmp_path / "a.tmx", text))


def test_moses_files_of_unequal_length_are_refused(tmp_path):
    write(tmp_path / "a.en", "one\ntwo\n")
    write(tmp_path / "a.uk", "один\n")
    with pytest.raises(InputError, match=r"a\.en has 2 lines, a\.uk 1"):
        open_parallel(str(tmp_path / "a"))


def test_languages_that_are_not_there_are_refused(tmp_path):
    data = write(tmp_path / "a.tmx", TMX.format(more=""))
    with pytest.raises(InputError, match="no sentences in fr: its languages are en, uk"):
        open_parallel(data, ("en", "fr"))
    with pytest.raises(InputError, match="are the same"):
        open_parallel(data, ("en", "en-GB"))


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"nothing\.tsv: no such file"):
        open_parallel("nothing.tsv")


@pytest.mark.parametrize(
    ("pair", "rule"),
    [
        (Pair("", "Ve."), "empty"),
        (Pair("Go.", ""), "empty"),
        (Pair("a " * 201, "b " * 150), "too long"),
        (Pair("a " * 200, "b " * 150), ""),
        (Pair("This was not translated.", "this was not translated."), "identical"),
        (Pair("Hotel Astoria", "Hotel Astoria"), ""),
        # 3 characters may stand beside 3 * 3 + 10.
        (Pair("Go.", "x" * 19), ""),
        (Pair("Go.", "x" * 20), "length ratio"),
        (Pair("x" * 20, "Go."), "length ratio"),
        (Pair("Привіт!", "Hello!"), ""),
    ],
)
def test_cleaning_rules(pair, rule):
    cleaned = clean([pair])
    expected = dict.fromkeys([*RULES, "duplicate"], 0)
    if rule:
        expected[rule] = 1
    assert cleaned.left_out == expected
    assert cleaned.pairs == (() if rule else (pair,))


def test_the_first_of_equal_pairs_is_kept():
    cleaned = clean([Pair("Go.", "Ve."), Pair("Go.", "Vete."), Pair("Go.", "Ve.")])
    assert cleaned.pairs == (Pair("Go.", "Ve."), Pair("Go.", "Vete."))
    assert cleaned.left_out["duplicate"] == 1


def many() -> list[Pair]:
    """3,000 sources with one to three targets; each is there a second time with another punctuation."""
    pairs = []
    for number in range(3000):
        for target in range(1 + number % 3):
            pairs.append(Pair(f"Sentence {number}.", f"Frase {number} {target}."))
        pairs.append(Pair(f"sentence  {number}!", f"¡Frase {number} {number % 7}!"))
    return pairs


@pytest.mark.parametrize("direction", [lambda divided: divided, swapped])
def test_no_part_knows_a_sentence_of_another(direction):
    pairs = many()
    divided = direction(divide(pairs, 5))
    sides = {
        name: ({key_of(pair.source) for pair in found}, {key_of(pair.target) for pair in found})
        for name, found in divided.splits.items()
    }
    for side in (0, 1):
        assert not sides["train"][side] & (sides["validation"][side] | sides["test"][side])
    assert not divided.given
    assert sum(map(len, divided.splits.values())) + divided.known == len(pairs)
    for name, share in (("test", 0.05), ("validation", 0.05)):
        assert len(divided.splits[name]) == pytest.approx(share * len(pairs), rel=0.25)


def test_a_division_does_not_depend_on_the_order_but_on_the_seed():
    pairs = many()
    one, two, three = divide(pairs, 5), divide(pairs[::-1], 5), divide(pairs, 6)
    assert set(one.splits["test"]) == set(two.splits["test"]) != set(three.splits["test"])


def test_parts_that_the_data_names_are_kept_and_a_validation_part_is_found():
    pairs = [Pair(f"s {n}", f"t {n}", "train") for n in range(400)] + [
        Pair("s 7", "other", "test"),
        Pair("z", "y", "test"),
    ]
    divided = divide(pairs, 1)
    assert divided.given
    assert len(divided.splits["test"]) == 2
    assert 5 < len(divided.splits["validation"]) < 45
    assert not any(pair.source == "s 7" for pair in divided.splits["train"])


def test_the_other_side_of_a_held_out_pair_is_not_learnt_either():
    pairs = [Pair("Thanks.", "Gracias.", "train"), Pair("Thank you.", "¡Gracias!", "test"), Pair("Go.", "Ve.", "train")]
    pairs.append(Pair("Hi.", "Hola.", "validation"))
    divided = divide(pairs, 1)
    assert divided.splits["train"] == [Pair("Go.", "Ve.", "train")]
    assert divided.known == 1


def test_sentences_are_compared_by_letters_and_digits():
    assert key_of("Don\u2019t  go!") == key_of("don't go") == "dont go"
    assert key_of("Ünïcode ﬁne") == "ünïcode fine"
    assert key_of("?!") != key_of("!!")


def test_references_of_a_source():
    pairs = [Pair("a", "x"), Pair("b", "y"), Pair("a", "z"), Pair("a", "x")]
    assert with_references(pairs) == {"a": ("x", "z"), "b": ("y",)}


def test_tatoeba_keeps_who_wrote_what_and_a_part_by_the_english_sentence(tmp_path):
    line = "Go.\tVe.\tCC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM) & #4986655 (cueyayotl)\n"
    write(tmp_path / "spa.tsv", line)
    with pytest.raises(InputError, match="1 pairs, expected 140,868"):
        TatoebaEnglishSpanish().prepare(tmp_path, tmp_path / "out.jsonl")
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8")) == {
        "split": split_of("go"),
        "source": "Go.",
        "target": "Ve.",
        "ids": [2877272, 4986655],
        "attribution": "CC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM) & #4986655 (cueyayotl)",
    }
    write(tmp_path / "spa.tsv", "Go.\tVe.\n")
    with pytest.raises(InputError, match="line 1: expected English"):
        TatoebaEnglishSpanish().prepare(tmp_path, tmp_path / "out.jsonl")


def test_tatoebas_parts_have_their_sizes():
    parts = [split_of(f"Sentence {number}.") for number in range(4000)]
    assert parts.count("test") / 4000 == pytest.approx(0.05, abs=0.012)
    assert parts.count("validation") / 4000 == pytest.approx(0.025, abs=0.01)
