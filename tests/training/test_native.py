"""The native engine equals the reference number by number, compiled or not."""

import os
import platform
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from worlds import corpus_of, two_genres

from x2vec._draws import draw_below, draw_item, make_noise, start_stream
from x2vec.training import Control, SkipGram, fit
from x2vec.training.native import NativeEngine
from x2vec.training.native.layout import padded
from x2vec.training.native.slices import cut
from x2vec.training.native.task import Task
from x2vec.training.reference import ReferenceEngine


def ragged(*, ordered, seed=2, n_sequences=40):
    """Sequences of 1 to 12 events of 30 items, with repeats."""
    draws = np.random.default_rng(seed)
    lists = [draws.integers(0, 30, draws.integers(1, 13)).tolist() for _ in range(n_sequences)]
    return corpus_of(lists, ordered=ordered)


@pytest.mark.parametrize("ordered", [True, False], ids=["windows", "baskets"])
@pytest.mark.parametrize(
    "parameters",
    [
        SkipGram(vector_size=16, epochs=2, alpha=0.1),
        SkipGram(vector_size=7, epochs=2, negative=1, window=2, shrink_windows=False),
        SkipGram(vector_size=40, epochs=2, negative=12, ns_exponent=-1, sample=0.05),
        SkipGram(vector_size=100, epochs=1, negative=6, window="whole", alpha=0.5),
    ],
    ids=["plain", "one negative", "twelve negatives", "whole"],
)
def test_it_equals_the_reference(parameters, ordered):
    corpus = ragged(ordered=ordered)
    ours = NativeEngine().fit(corpus, parameters, Control(seed=4))
    theirs = ReferenceEngine().fit(corpus, parameters, Control(seed=4))
    assert ours.losses == pytest.approx(theirs.losses, abs=1e-6)
    # float32 sums in another order: a few units in the last place, grown over the steps
    assert np.allclose(ours.vectors, theirs.vectors, atol=2e-5)
    assert np.allclose(ours.context_vectors, theirs.context_vectors, atol=2e-5)


def test_what_pads_the_matrices_stays_zero():
    corpus = ragged(ordered=True)
    matrices = NativeEngine().fit(corpus, SkipGram(vector_size=5, epochs=2), Control(seed=1))
    assert matrices.vectors.shape == (corpus.n_items, 5)
    assert np.abs(matrices.context_vectors).min(axis=0).shape == (5,)
    assert matrices.is_finite


def test_each_epoch_tells_its_loss_and_its_pace():
    corpus = ragged(ordered=True)
    events = []
    matrices = NativeEngine().fit(
        corpus, SkipGram(vector_size=8, epochs=3), Control(seed=1, listen=events.append)
    )
    told = [event.figures for event in events if getattr(event, "figures", None)]
    assert [figures["epoch"] for figures in told] == [1, 2, 3]
    assert tuple(figures["loss"] for figures in told) == matrices.losses
    assert all(figures["pairs/s"] > 0 for figures in told)


def test_rows_are_aligned_to_cache_lines():
    for vector_size in (1, 16, 17, 100):
        matrix = padded(3, vector_size)
        assert matrix.ctypes.data % 64 == 0
        assert matrix.strides[0] % 64 == 0
        assert matrix.shape[1] >= vector_size


def test_more_workers_learn_the_same_world():
    corpus, genres = two_genres(n_sequences=2000)
    from worlds import genre_gap

    parameters = SkipGram(vector_size=16, window=3, epochs=3, alpha=0.05)
    gaps = [
        genre_gap(fit(corpus, parameters, engine="native", workers=n).vectors, genres)
        for n in (1, 2, 4)
    ]
    assert min(gaps) > 0.5


def test_streams_of_neighbouring_sequences_and_epochs_have_nothing_in_common():
    starts = set()
    stream = np.zeros(1, np.uint64)
    for seed in (0, 1):
        for epoch in range(20):
            for sequence in range(50):
                start_stream(stream, seed, epoch, sequence)
                starts.add(int(stream[0]))
    assert len(starts) == 2 * 20 * 50
    bits = np.array([[int(start) >> bit & 1 for bit in range(64)] for start in starts])
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 4 * 0.5 / np.sqrt(2000)


def test_draws_below_a_bound_are_even():
    stream = np.zeros(1, np.uint64)
    start_stream(stream, 1, 2, 3)
    counts = np.bincount([draw_below(stream, 7) for _ in range(14_000)], minlength=7)
    # 2,000 each, standard deviation sqrt(14,000 * 1/7 * 6/7) = 41
    assert np.abs(counts - 2000).max() < 4 * 41


@pytest.mark.parametrize("exponent", [-1, 0, 0.75, 4])
def test_the_alias_table_draws_counts_to_the_exponent(exponent):
    counts = np.array([50, 20, 5, 5, 1])
    noise = make_noise(counts, exponent)
    stream = np.zeros(1, np.uint64)
    start_stream(stream, 5, 0, 0)
    drawn = np.bincount([draw_item(stream, noise) for _ in range(40_000)], minlength=5) / 40_000
    share = counts.astype(float) ** exponent
    assert np.allclose(drawn, share / share.sum(), atol=4 * 0.5 / np.sqrt(40_000))


def test_slices_are_whole_sequences_in_order_and_about_equal_in_work():
    corpus = ragged(ordered=False, n_sequences=500)
    borders = cut(corpus, SkipGram(), work=1e9, multiple=16)
    assert borders[0] == 0
    assert borders[-1] == corpus.n_tokens
    assert len(borders) == 17
    assert set(borders) <= set(corpus.offsets.tolist())
    lengths = np.diff(corpus.offsets)
    done = np.concatenate([[0], np.cumsum(lengths * (lengths - 1))])
    work = np.diff(done[np.searchsorted(corpus.offsets, borders)])
    assert max(work) < 2 * min(work)


def test_a_giant_sequence_is_cut_between_its_events():
    corpus = corpus_of([["a", "b"]] * 50 + [["a", "b", "c"] * 5000] + [["a", "c"]] * 50)
    # 15,000 events of ten pairs each, at 64 x 6 products a pair, are 58 million of them
    borders = cut(corpus, SkipGram(), work=1e7, multiple=1)
    assert len(borders) == 7
    inside = borders[(borders > 100) & (borders < 15_100)]
    assert len(inside) == 5
    assert np.abs(np.diff(inside) - 2_500).max() < 50


@pytest.mark.parametrize("window", [3, "whole"])
@pytest.mark.parametrize("sample", [0.0, 0.4])
def test_no_pair_is_lost_where_a_sequence_is_cut(window, sample):
    """Pieces see the events around them: cut or not, as many pairs are trained."""
    lists = [["a", "b", "c", "d"] * 30, ["b", "d"], ["a", "c", "c"] * 20]
    corpus = corpus_of(lists)
    parameters = SkipGram(vector_size=8, window=window, shrink_windows=False, sample=sample)
    task = Task.of(corpus, parameters, Control(seed=3))

    def pairs(borders):
        tallies = [
            task.train(task.start(spare=1), piece, epoch=epoch, nobody=corpus.n_items)
            for epoch in range(20)
            for piece in pairwise(borders)
        ]
        return sum(tally[1] for tally in tallies) / 20

    whole = pairs([0, 120, 122, 182])
    cut_up = pairs([0, 1, 17, 60, 61, 61, 122, 150, 181, 182])
    if sample == 0:
        # six neighbours each, but for 3 + 2 + 1 that are lacking at either end
        in_windows = (6 * 120 - 12) + 2 + (6 * 60 - 12)
        in_all = 120 * 119 + 2 * 1 + 60 * 59
        assert whole == cut_up == (in_all if window == "whole" else in_windows)
    else:
        assert cut_up == pytest.approx(whole, rel=0.1)


@pytest.mark.parametrize(
    ("machine", "which"),
    [
        ({"NUMBA_DISABLE_JIT": "1"}, "equals_the_reference or draws or alias or streams"),
        ({"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"}, "plain"),
        ({"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}, "plain"),
    ],
    ids=["not compiled", "AVX2 only", "no vector unit to speak of"],
)
def test_the_kernels_are_right_on_other_machines_too(machine, which):
    if os.environ.keys() & machine.keys():
        pytest.skip("this is such a run")
    if "NUMBA_CPU_NAME" in machine and platform.machine() != "x86_64":
        pytest.skip("these are x86 processors")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__, "-k", which],
        env={**os.environ, **machine},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.parametrize("size", [2, 10, 60, 300])
@pytest.mark.parametrize("n_items", [5, 50, 500])
@pytest.mark.parametrize("window", [5, "whole"])
def test_no_learning_rate_up_to_a_tenth_diverges(size, n_items, window):
    """Frequent items, many repeats, noise that is nearly one item: the vectors stay small."""
    draws = np.random.default_rng(0)
    shares = np.arange(1.0, n_items + 1) ** -1.2
    lists = [
        draws.choice(n_items, size, p=shares / shares.sum()).tolist()
        for _ in range(max(20, 6000 // size))
    ]
    corpus = corpus_of(lists)
    for exponent in (-1, 0.75, 2):
        parameters = SkipGram(
            vector_size=16, epochs=3, alpha=0.1, min_alpha=0.1, window=window, ns_exponent=exponent
        )
        matrices = NativeEngine().fit(corpus, parameters, Control(seed=1))
        assert np.abs(matrices.vectors).max() < 20
        assert max(matrices.losses) < 10
