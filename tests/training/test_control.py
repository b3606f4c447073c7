"""Training under control: the same bytes on any number of threads, stopped and gone on with."""

import os
import subprocess
import sys
import threading
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from worlds import corpus_of, genre_gap, two_genres

from x2vec.errors import ConfigError
from x2vec.training import Control, SkipGram, fit
from x2vec.training.native import rounds, shards

PARAMETERS = SkipGram(vector_size=16, window=3, epochs=3, alpha=0.05)


@pytest.fixture(scope="module")
def world():
    return two_genres(n_sequences=4000)


@pytest.fixture
def short_rounds(monkeypatch, world):
    """An epoch of this small world takes several cycles too, so that some stop in the middle."""
    monkeypatch.setattr(rounds, "_LEAST_WORK", 5e4)
    borders = rounds.cut(world[0], PARAMETERS, work=5e4, multiple=shards.N_SHARDS)
    assert len(borders) > 3 * shards.CYCLE * shards.N_SHARDS


def same(ours, theirs):
    return (
        np.array_equal(ours.vectors, theirs.vectors)
        and np.array_equal(ours.context_vectors, theirs.context_vectors)
        and ours.losses == theirs.losses
    )


@pytest.mark.usefixtures("short_rounds")
def test_deterministic_gives_the_same_bytes_for_any_number_of_workers(world):
    corpus, _ = world
    runs = [fit(corpus, PARAMETERS, deterministic=True, workers=n) for n in (1, 2, 4, 1, 2, 4)]
    assert all(same(runs[0], run) for run in runs[1:])
    other = fit(corpus, PARAMETERS, deterministic=True, workers=2, seed=2)
    assert not same(runs[0], other)


def test_deterministic_gives_the_same_bytes_for_any_hash_seed():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from worlds import two_genres\n"
        "from x2vec.training import SkipGram, fit\n"
        "import hashlib\n"
        "model = SkipGram(vector_size=16, epochs=2)\n"
        "m = fit(two_genres(n_sequences=300)[0], model, deterministic=True, workers=2)\n"
        "print(hashlib.sha256(m.vectors.tobytes() + m.context_vectors.tobytes()).hexdigest())\n"
    )
    helpers = Path(__file__).parents[1] / "helpers"
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, helpers],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "12345")
    }
    assert len(digests) == 1


def test_deterministic_learns_the_same_world(world):
    corpus, genres = world
    free = fit(corpus, PARAMETERS)
    ours = fit(corpus, PARAMETERS, deterministic=True, workers=2)
    assert genre_gap(ours.vectors, genres) == pytest.approx(
        genre_gap(free.vectors, genres), abs=0.1
    )
    assert ours.losses[-1] == pytest.approx(free.losses[-1], rel=0.02)


def test_shards_that_pull_apart_are_added_and_those_that_pull_together_averaged():
    scale = shards.gains(np.array([0.0, 1e-3, 1e6]), alpha=0.1)
    assert scale == pytest.approx([1, 1, 1 / shards.N_SHARDS], abs=1e-4)


def test_what_shards_changed_is_summed_scaled_and_handed_back():
    matrix = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], np.float32)
    copies = np.repeat(matrix[None], 2, axis=0)
    copies[0, 0] += [0.5, 0]
    copies[1, 0] += [0.25, 1]
    copies[1, 2] += 9
    shards.merge(matrix, copies, np.array([1.0, 1.0, 1.0], np.float32) / 2, 0, 2)
    assert matrix.tolist() == [[1.375, 2.5], [3, 4], [5, 6]]
    assert copies[:, :2].tolist() == [matrix[:2].tolist()] * 2
    assert copies[1, 2].tolist() == [14, 15]  # not asked for yet


def test_rows_are_merged_before_a_shard_has_touched_them_many_times():
    touches = np.array([1000.0, 49.0, 48.0, 24.0, 13.0, 3.0, 1.0, 0.0])
    assert shards.merge_periods(touches).tolist() == [1, 1, 1, 2, 2, 16, 16, 16]
    # A rare row that is noise all the time takes those before it along.
    assert shards.merge_periods(np.array([30.0, 1.0, 10.0, 0.0])).tolist() == [1, 4, 4, 16]


def test_all_rows_are_merged_in_a_cycle_each_as_often_as_its_period_says():
    periods = np.array([1, 1, 2, 4, 8, 16, 16])
    merged = [shards.rows_to_merge(periods, index) for index in range(shards.CYCLE)]
    assert merged[:4] == [2, 3, 2, 4]
    assert merged[-1] == 7
    for row, period in enumerate(periods):
        assert sum(row < n_rows for n_rows in merged) == shards.CYCLE / period


def copies(states):
    """Make something that keeps copies of the states: training goes on in the originals."""
    return lambda state: states.append(deepcopy(state))


class StoppedError(Exception):
    """What a listener raises in the middle of a training."""


@pytest.mark.usefixtures("short_rounds")
@pytest.mark.parametrize("deterministic", [False, True])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_stopped_training_goes_on_to_the_same_bytes(world, deterministic, share):
    corpus, _ = world
    whole = fit(corpus, PARAMETERS, deterministic=deterministic)
    states = []

    def stop(event):
        if getattr(event, "done", 0) >= share * corpus.n_tokens * PARAMETERS.epochs:
            raise StoppedError

    with pytest.raises(StoppedError):
        fit(corpus, PARAMETERS, deterministic=deterministic, listen=stop, keep=copies(states))
    assert len(states) == 1
    rest = fit(corpus, PARAMETERS, deterministic=deterministic, start=states[0])
    assert same(rest, whole)


def test_states_come_as_often_as_asked_and_each_leads_to_the_same_bytes(world):
    corpus, _ = world
    states = []
    whole = fit(corpus, PARAMETERS, keep=copies(states), keep_every=0)
    places = [(state.epoch, state.steps) for state in states]
    assert len(states) >= 3 * 16
    assert places == sorted(set(places))
    for state in states[:: len(states) // 5]:
        assert same(fit(corpus, PARAMETERS, start=state), whole)


@pytest.mark.usefixtures("short_rounds")
@pytest.mark.parametrize("deterministic", [False, True])
def test_a_state_of_many_workers_holds_whole_steps(world, deterministic):
    """The pairs it counts are those of its steps: each was trained once, and none half."""
    corpus, _ = world
    parameters = SkipGram(vector_size=16, window=2, shrink_windows=False, epochs=2)
    control = {"workers": 3, "deterministic": deterministic}
    finals, states = [], []
    fit(corpus, parameters, keep=copies(states), keep_every=0, **control)
    for state in [states[0], states[len(states) // 2]]:
        fit(corpus, parameters, start=state, keep=copies(finals), keep_every=0, **control)
    lengths = np.diff(corpus.offsets)
    expected = sum(min(k, 2) + min(n - 1 - k, 2) for n in lengths for k in range(n))
    assert finals[-1].pairs == expected


def test_training_ends_where_it_is_enough():
    asked = []

    def is_enough(matrices):
        asked.append(len(matrices.losses))
        return len(asked) == 2

    for engine in ("native", "reference"):
        asked.clear()
        corpus = corpus_of([["a", "b"], ["b", "c"]])
        matrices = fit(corpus, PARAMETERS, engine=engine, is_enough=is_enough)
        assert asked == [1, 2]
        assert len(matrices.losses) == 2


def test_an_engine_says_what_it_lacks():
    corpus = corpus_of([["a", "b"], ["b", "c"]])
    with pytest.raises(ConfigError, match="'gensim' has no deterministic and no keep"):
        fit(corpus, PARAMETERS, engine="gensim", deterministic=True, keep=print)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"workers": 0}, "workers is 0; it must be at least 1"),
        ({"workers": 2.0}, "workers is 2.0; it must be a whole number"),
        ({"seed": 2**32}, "seed is 4294967296; it must lie between 0 and 4294967295"),
        ({"keep_every": -1}, "keep_every is -1; it must be at least 0 seconds"),
        ({"keep_every": float("nan")}, "keep_every is nan"),
    ],
)
def test_bounds_are_named(values, words):
    with pytest.raises(ConfigError, match=words):
        Control(**values)


def test_no_thread_outlives_a_training(world):
    corpus, _ = world
    fit(corpus, PARAMETERS, workers=2)
    assert not [t for t in threading.enumerate() if t.name.startswith("x2vec-train")]
