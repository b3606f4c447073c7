"""Training with side information: native equals the reference, and learns what it should."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from numba import config
from worlds import corpus_of

from x2vec._draws import start_stream
from x2vec.corpus import Corpus, Sequences, Vocabulary
from x2vec.errors import ConfigError
from x2vec.training import Control, SessionSoftmax, Side, SkipGram, fit
from x2vec.training.native import NativeEngine
from x2vec.training.native.side_kernel import draw_in_segment, make_side_recipe
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
@pytest.mark.skipif(not config.DISABLE_JIT, reason="each would compile a kernel of its own")
def test_uncompiled_the_native_engine_equals_the_reference(parameters, more, ordered):
    corpus = ragged(ordered=ordered, n_sequences=8)
    control = Control(seed=4, side=side_of(corpus, **more))
    assert_equal(
        NativeEngine().fit(corpus, parameters, control),
        ReferenceEngine().fit(corpus, parameters, control),
    )


@pytest.mark.skipif(config.DISABLE_JIT, reason="this is such a run")
def test_every_form_equals_the_reference_uncompiled():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", "uncomp"],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


PARAMETERS = SkipGram(vector_size=16, epochs=2, negative=3, window=3)


def test_compiled_it_equals_the_reference():
    corpus = ragged()
    control = Control(seed=4, side=side_of(corpus, ends=True, segments=2))
    ours = NativeEngine().fit(corpus, PARAMETERS, control)
    assert_equal(ours, ReferenceEngine().fit(corpus, PARAMETERS, control))


def test_deterministic_any_number_of_workers_gives_the_same_bytes():
    corpus = ragged(n_sequences=100)
    side = side_of(corpus, ends=True, segments=2)
    runs = [
        fit(corpus, PARAMETERS, seed=1, workers=n, deterministic=True, side=side) for n in (1, 3)
    ]
    for name in ("vectors", "context_vectors", "attributes", "attribute_contexts"):
        one, three = (getattr(run, name).tobytes() for run in runs)
        assert one == three, name


@pytest.mark.parametrize("deterministic", [False, True])
def test_an_interrupted_training_goes_on_to_the_same_bytes(deterministic):
    corpus = ragged(n_sequences=100)
    side = side_of(corpus, ends=True, segments=2)
    how = {"seed": 1, "deterministic": deterministic, "side": side}
    kept = []

    def keep(state):
        copied = {
            name: getattr(state.matrices, name).copy()
            for name in ("vectors", "context_vectors", "attributes", "attribute_contexts")
        }
        kept.append(replace(state, matrices=replace(state.matrices, **copied)))

    whole = fit(corpus, PARAMETERS, keep=keep, keep_every=0, **how)
    middle = next(state for state in kept if state.epoch == 1)
    again = fit(corpus, PARAMETERS, start=middle, **how)
    for name in ("vectors", "context_vectors", "attributes", "attribute_contexts"):
        assert getattr(whole, name).tobytes() == getattr(again, name).tobytes(), name


def test_an_item_seen_once_lies_where_its_attribute_is():
    """Odd items meet odd ones; a rare one is seen once, among the even ones, and is odd by kind."""
    draws = np.random.default_rng(0)
    lists = [[f"{2 * n + g}" for n in draws.integers(0, 10, 6)] for g in (0, 1) for _ in range(300)]
    sequences = Sequences.from_lists([*lists, ["rare", "0"]])
    vocabulary = Vocabulary.of(sequences)
    corpus = Corpus.of(sequences, vocabulary)
    items = vocabulary.items.to_pylist()
    kinds = np.array([1 if item == "rare" else int(item) % 2 for item in items], np.int32)
    ones = np.ones(len(items), np.float32)
    none = {"segments": np.zeros(len(items), np.int32), "segment_negative": 2}  # one segment
    side = Side(np.arange(len(items) + 1), kinds, ones, 2, **none)
    parameters = SkipGram(vector_size=16, epochs=2, negative=3, window=3, alpha=0.05)
    found = fit(corpus, parameters, side=side)
    units = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    near = units @ units[items.index("rare")]
    is_odd = (kinds == 1) & (np.array(items) != "rare")
    assert near[is_odd].min() > near[kinds == 0].max()


def test_the_event_that_ends_a_sequence_is_predicted_by_all_of_it_whatever_the_window():
    draws = np.random.default_rng(0)
    lists = [
        [f"first {g}", *(f"page {n}" for n in draws.integers(0, 8, 4)), f"booked {g}"]
        for g in (0, 1)
        for _ in range(300)
    ]
    sequences = Sequences.from_lists(lists)
    vocabulary = Vocabulary.of(sequences)
    corpus = Corpus.of(sequences, vocabulary)
    rows = {item: row for row, item in enumerate(vocabulary.items.to_pylist())}
    n_items = corpus.n_items
    nothing = (np.zeros(n_items + 1, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), 0)
    one_segment = {"segments": np.zeros(n_items, np.int32), "segment_negative": 2}
    gaps = []
    for ends in (None, np.ones(len(corpus), np.bool_)):
        side = Side(*nothing, ends=ends, **one_segment)
        parameters = SkipGram(vector_size=16, epochs=5, negative=3, window=1, alpha=0.05)
        found = fit(corpus, parameters, side=side)
        near = found.vectors[[rows["first 0"], rows["first 1"]]]
        scores = near @ found.context_vectors[[rows["booked 0"], rows["booked 1"]]].T
        gaps.append(np.diag(scores).mean() - np.diag(scores[::-1]).mean())
    without, within = gaps
    assert within > 1  # log-odds
    assert abs(without) < 0.3


def test_noise_of_a_segment_is_drawn_among_its_items_by_their_counts_and_is_never_the_target():
    corpus = corpus_of([["a"] * 8 + ["b"] * 4 + ["c"] * 2 + ["d"]] * 3)
    segments = np.array([0, 1, 0, 0], np.int32)  # b is alone
    nothing = (np.zeros(5, np.int64), np.empty(0, np.int32), np.empty(0, np.float32), 0)
    side = Side(*nothing, segments=segments, segment_negative=2)
    recipe = make_side_recipe(corpus, side, SkipGram(ns_exponent=1))
    stream = np.zeros(1, np.uint64)
    start_stream(stream, 1, 0, 0)
    drawn = np.zeros((4, 5))
    for _ in range(3000):
        for target in range(4):
            outputs, weights = np.full(3, 4, np.int32), np.zeros(3, np.float32)
            outputs[0] = target
            draw_in_segment(recipe, stream, 4, outputs, weights, 1, 3)
            drawn[target, outputs[1:]] += weights[1:]
    assert not np.diag(drawn).any()
    assert not drawn[1].any()
    # of a, c and d with 8, 2 and 1 events, the others of the target's: c and d are 2 to 1
    assert drawn[0, [1, 4]].tolist() == [0, 0]
    assert drawn[0, 2] / drawn[0, [2, 3]].sum() == pytest.approx(2 / 3, abs=4 * 0.5 / 1500**0.5)
    assert drawn[3, 0] / drawn[3, [0, 2]].sum() == pytest.approx(8 / 10, abs=4 * 0.5 / 5000**0.5)


def test_side_information_of_another_corpus_is_refused():
    side = side_of(ragged())
    with pytest.raises(ValueError, match="side information of 20 items, a corpus of 2"):
        fit(corpus_of([["a", "b"]]), PARAMETERS, side=side)


@pytest.mark.parametrize(
    ("parameters", "engine", "words"),
    [
        (SkipGram(), "gensim", "engine 'gensim' has no side information; engine 'native' has"),
        (SessionSoftmax(), "native", "side information goes into SkipGram, not into Session"),
    ],
)
def test_who_cannot_use_it_says_so(parameters, engine, words):
    corpus = ragged()
    with pytest.raises(ConfigError, match=words):
        fit(corpus, parameters, engine=engine, side=side_of(corpus))
