"""Training with side information: native equals the reference, and learns what it should."""

import numpy as np
import pytest
from worlds import corpus_of

from x2vec.training import Control, Side, SkipGram
from x2vec.training.native import NativeEngine
from x2vec.training.reference import ReferenceEngine


def ragged(*, ordered=True, seed=2, n_sequences=30, longest=13):
    """Sequences of 1 to 12 events of 20 items, with repeats."""
    draws = np.random.default_rng(seed)
    lists = [draws.integers(0, 20, draws.integers(1, longest)).tolist() for _ in range(n_sequences)]
    return corpus_of(lists, ordered=ordered)


def side_of(corpus, *, seed=3, n_attributes=7, segments=0, ends=False):
    """Zero to three attributes an item, with weights; the last event of every other sequence."""
    draws = np.random.default_rng(seed)
    each = [
        np.sort(draws.choice(n_attributes, draws.integers(0, 4), replace=False))
        for _ in range(corpus.n_items)
    ]
    flat = np.concatenate(each).astype(np.int32)
    return Side(
        offsets=np.append(0, np.cumsum([len(one) for one in each])),
        attributes=flat,
        weights=draws.uniform(0.2, 1, len(flat)).astype(np.float32),
        n_attributes=n_attributes,
        ends=np.arange(len(corpus)) % 2 == 0 if ends else None,
        segments=draws.integers(0, 3, corpus.n_items).astype(np.int32) if segments else None,
        segment_negative=segments,
    )


def assert_equal(ours, theirs):
    assert ours.losses == pytest.approx(theirs.losses, abs=1e-6)
    # float32 sums in another order: a few units in the last place, grown over the steps
    for name in ("vectors", "context_vectors", "attributes", "attribute_contexts"):
        assert np.allclose(getattr(ours, name), getattr(theirs, name), atol=2e-5), name


@pytest.mark.parametrize("ordered", [True, False], ids=["windows", "baskets"])
@pytest.mark.parametrize(
    ("parameters", "more"),
    [
        (SkipGram(vector_size=16, epochs=2, alpha=0.1), {}),
        (SkipGram(vector_size=7, epochs=2, negative=1, window=2, shrink_windows=False), {}),
        (SkipGram(vector_size=20, epochs=2, negative=4, sample=0.05, window=3), {"ends": True}),
        (SkipGram(vector_size=16, epochs=2, negative=5), {"segments": 3}),
    ],
    ids=["plain", "one negative", "ends", "segments"],
)
def test_the_native_engine_equals_the_reference(parameters, more, ordered):
    corpus = ragged(ordered=ordered)
    control = Control(seed=4, side=side_of(corpus, **more))
    assert_equal(
        NativeEngine().fit(corpus, parameters, control),
        ReferenceEngine().fit(corpus, parameters, control),
    )
