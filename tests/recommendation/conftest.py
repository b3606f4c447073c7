"""A corpus written by hand, for every test of the rankers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from x2vec.corpus import Corpus
from x2vec.recommendation import Histories


@pytest.fixture(scope="session")
def corpus_of() -> Callable[..., Corpus]:
    """Make a corpus of lists of rows, with no vocabulary behind it."""

    def make(lists, *, n_items, ordered):
        flat = Histories.of(lists, n_items=n_items)
        return Corpus(
            rows=flat.rows,
            offsets=flat.offsets.astype(np.int64),
            n_items=n_items,
            fingerprint="made by a test",
            ordered=ordered,
        )

    return make
