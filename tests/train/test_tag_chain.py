"""The likelihood of label sequences, against all of them one by one."""

import itertools
from dataclasses import replace

import numpy as np

from edgernn.edge_runtime.tag.corpus import open_tagged
from edgernn.train.tag.batches import Batches
from edgernn.train.tag.crf import FORBIDDEN, Chain
from edgernn.train.tag.options import PRESETS
from edgernn.train.tag.prepare import prepare

STEPS = 4


def test_likelihoods_are_those_of_exhaustive_search():
    random = np.random.default_rng(5)
    between, start, end = (random.normal(size=shape).astype(np.float32) for shape in ((3, 3), 3, 3))
    scores = random.normal(size=(3, STEPS, 3)).astype(np.float32)
    labels = random.integers(0, 3, (3, STEPS)).astype(np.int32)
    lengths = (4, 2, 1)
    mask = (np.arange(STEPS) < np.array(lengths)[:, None]).astype(np.float32)

    def total(path, row):
        steps = sum(row[step, label] for step, label in enumerate(path))
        return start[path[0]] + steps + sum(between[a, b] for a, b in itertools.pairwise(path)) + end[path[-1]]

    expected = []
    for row, path, length in zip(scores, labels, lengths, strict=True):
        everything = [np.exp(total(one, row)) for one in itertools.product(range(3), repeat=length)]
        expected.append(np.log(sum(everything)) - total(path[:length], row))
    chain = Chain(("a", "b", "c"), "none")
    chain.set_weights([between, start, end])
    np.testing.assert_allclose(np.asarray(chain(scores, labels, mask)), expected, rtol=1e-5)


def test_what_a_scheme_forbids_is_never_likely():
    learnt = Chain(("O", "B-X", "E-X"), "iobes").learnt()
    assert learnt.transitions.tolist() == [[0, 0, FORBIDDEN], [FORBIDDEN, FORBIDDEN, 0], [0, 0, FORBIDDEN]]
    assert learnt.start.tolist() == [0, 0, FORBIDDEN]
    assert learnt.end.tolist() == [0, FORBIDDEN, 0]


def test_a_span_that_a_batch_cuts_ends_there(tmp_path):
    path = tmp_path / "towns.conll"
    block = "Eva{0} B-PER\nleft O\nNew B-LOC\nYork I-LOC\nCity I-LOC\n\nOslo B-LOC\nwins{0} O\n"
    path.write_text("\n".join(block.format(n) for n in range(40)), encoding="utf-8")
    prepared = prepare(open_tagged(str(path), ("ner",)), replace(PRESETS["tiny"], crf="all"), [], None)
    labels = prepared.labels["ner"]
    whole = next(s for s in prepared.splits["train"] if len(s.tokens) == 5)
    for length, expected in ((5, "S-PER O B-LOC I-LOC E-LOC"), (4, "S-PER O B-LOC E-LOC"), (3, "S-PER O S-LOC")):
        (batch,) = Batches(prepared, [whole], 1, length)[0]
        assert " ".join(labels[n] for n in batch["ner_scores"][0, :length]) == expected
