"""The likelihood of label sequences, against all of them one by one."""

import itertools

import numpy as np

from edgernn.train.tag.crf import FORBIDDEN, Chain

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
