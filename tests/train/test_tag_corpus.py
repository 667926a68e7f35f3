"""Labelled sentences out of files of every kind."""

import json

import pytest

from edgernn.edge_runtime.errors import InputError
from edgernn.edge_runtime.tag.corpus import open_tagged
from edgernn.edge_runtime.tag.sentence import Sentence

CONLL = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\nPeter NNP B-NP B-PER\n"
EU = Sentence(("EU", "rejects"), {"pos": ("NNP", "VBZ"), "chunk": ("B-NP", "B-VP"), "ner": ("B-ORG", "O")})
PETER = Sentence(("Peter",), {"pos": ("NNP",), "chunk": ("B-NP",), "ner": ("B-PER",)})


def written(tmp_path, name, text):
    """A file's path."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return str(path)


@pytest.mark.parametrize("text", [CONLL, CONLL.replace("\n", "\r\n"), "\ufeff" + CONLL, CONLL.replace(" ", "\t")])
def test_conll(tmp_path, text):
    assert open_tagged(written(tmp_path, "a.conll", text)).sentences == (EU, PETER)


def test_conll_u(tmp_path):
    rows = ["# text = x", "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_"]
    rows += ["1\tde\tde\tADP\tP\t_\t2\tcase\t_\t_", "2\tle\tle\tDET\tD\t_\t0\tdet\t_\t_", ""]
    corpus = open_tagged(written(tmp_path, "a.conllu", "\n".join(rows)))
    assert corpus.sentences == (Sentence(("de", "le"), {"upos": ("ADP", "DET"), "xpos": ("P", "D")}),)


def test_columns_can_be_named_and_chosen(tmp_path):
    path = written(tmp_path, "a.txt", "x A\ny B\n\nz A\n")
    assert open_tagged(path, ["mood"]).columns == ("mood",)
    assert open_tagged(path).columns == ("label",)
    chosen = open_tagged(written(tmp_path, "b.jsonl", '{"tokens": ["a"], "tags": {"p": ["X"], "q": ["Y"]}}'), ["q"])
    assert chosen.sentences == (Sentence(("a",), {"q": ("Y",)}),)
    with pytest.raises(InputError, match="no column r: there are p, q"):
        open_tagged(str(tmp_path / "b.jsonl"), ["r"])


def test_a_folder_s_parts(tmp_path):
    for name, text in (("eng.train", "a X\n"), ("eng.testa", "b X\n"), ("eng.testb", "c Y\n"), ("README", "")):
        written(tmp_path, f"d/{name}", text)
    corpus = open_tagged(str(tmp_path / "d"))
    assert corpus.given
    found = {split: [s.tokens[0] for s in sentences] for split, sentences in corpus.divided(1).items()}
    assert found == {"train": ["a"], "validation": ["b"], "test": ["c"]}


def test_json_tokens(tmp_path):
    lines = [{"tokens": ["a", "b"], "ner_tags": ["O", "B-X"], "split": "test"}]
    lines.append({"words": ["c"], "ner_tags": [["u", "t"]], "split": "train"})
    corpus = open_tagged(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines))))
    assert [dict(s.tags) for s in corpus.sentences] == [{"ner_tags": ("O", "B-X")}, {"ner_tags": ("t|u",)}]
    assert [s.split for s in corpus.sentences] == ["test", "train"]


def test_json_spans(tmp_path):
    line = {"text": "New York-based Ann", "spans": [[0, 8, "LOC"], {"start": 15, "end": 18, "label": "PER"}]}
    corpus = open_tagged(written(tmp_path, "a.jsonl", json.dumps(line)))
    (sentence,) = corpus.sentences
    assert sentence.tokens == ("New", "York", "-", "based", "Ann")
    assert sentence.tags == {"entity": ("B-LOC", "I-LOC", "O", "O", "B-PER")}


def test_overlapping_spans_make_a_column_a_label(tmp_path):
    lines = [{"text": "University of Rome", "spans": [[0, 18, "ORG"], [14, 18, "LOC"], [0, 10, "ORG"]]}]
    lines.append({"text": "no", "spans": []})
    first, second = open_tagged(written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))).sentences
    assert first.tags == {"LOC": ("O", "O", "B-LOC"), "ORG": ("B-ORG", "I-ORG", "I-ORG")}
    assert second.tags == {"LOC": ("O",), "ORG": ("O",)}


def test_csv(tmp_path):
    text = 'Sentence #,Word,POS,Tag\nSentence: 1,"a,b",X,O\n,c,Y,B-geo\nSentence: 2,d,X,\n'
    first, second = open_tagged(written(tmp_path, "a.csv", text)).sentences
    assert first == Sentence(("a,b", "c"), {"POS": ("X", "Y"), "Tag": ("O", "B-geo")})
    assert second == Sentence(("d",), {"POS": ("X",), "Tag": ("O",)})


def test_divisions_are_the_same_again_and_keep_equal_sentences_together(tmp_path):
    text = "".join(f"w{number % 400} X\n\n" for number in range(800))
    corpus = open_tagged(written(tmp_path, "a.conll", text))
    splits = corpus.divided(1)
    assert splits == corpus.divided(1) != corpus.divided(2)
    assert sum(map(len, splits.values())) == 800
    words = [{s.tokens for s in sentences} for sentences in splits.values()]
    assert not (words[0] & words[1])
    assert not (words[0] & words[2])
    assert not (words[1] & words[2])
    assert 560 < len(splits["train"]) < 720


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.conll", "a X\nb\n", "line 2: 1 columns, expected 2"),
        ("a.conll", "a\nb\n", "line 1: 1 columns, expected 2 or more"),
        ("a.conll", "\n\n", "no labelled sentence"),
        ("a.jsonl", "{", "line 1: not JSON"),
        ("a.jsonl", "[]", "line 1: expected an object"),
        ("a.jsonl", '{"tokens": ["a"], "tags": {"x": []}}', "'x' has 0 labels for 1 tokens"),
        ("a.jsonl", '{"tokens": ["a"], "tags": {"x": [3]}}', "3 is no label"),
        ("a.jsonl", '{"tokens": [""], "tags": {"x": ["y"]}}', "none empty"),
        ("a.jsonl", '{"tokens": ["a"]}', "no labels"),
        ("a.jsonl", '{"text": "ab", "spans": [[0, 3, "X"]]}', "no span of its text"),
        ("a.jsonl", '{"text": "a b", "spans": [[1, 2, "X"]]}', "holds no word"),
        ("a.jsonl", '{"tokens": ["a"], "tags": {"x": ["y"]}, "split": "dev"}', "split 'dev'"),
        ("a.jsonl", '{"text": "a"}\n{"tokens": ["a"], "tags": {"x": ["y"]}}', "some lines have tokens"),
        ("a.csv", "a,b\nc,d\n", "names no column of words"),
        ("a.csv", "word,tag\nc\n", "line 2: 1 cells for 2 columns"),
        ("a.csv", "word\nc\n", "names no column of words"),
    ],
)
def test_faults_are_named(tmp_path, name, text, reason):
    with pytest.raises(InputError, match=reason):
        open_tagged(written(tmp_path, name, text))


def test_folders_without_parts_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no train file"):
        open_tagged(str(tmp_path))
    written(tmp_path, "train.a", "x X\n")
    written(tmp_path, "train.b", "x X\n")
    with pytest.raises(InputError, match="are both its train part"):
        open_tagged(str(tmp_path))
