"""ELSA as a model: worlds it must see through, bytes it must repeat."""

import dataclasses

import numpy as np
import pytest
from worlds import corpus_of, genre_gap, two_genres

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DivergedError, NothingLeftError
from x2vec.training import Elsa, fit

SMALL = Elsa(vector_size=16, epochs=20, batch_size=64, alpha=0.05)


def series(n_series=40, n_baskets=900, seed=0):
    """Baskets of two series of three variants each; whole series are bought together."""
    draws = np.random.default_rng(seed)
    pairs = draws.integers(0, n_series, (n_baskets, 2))
    return corpus_of(
        [[3 * int(one) + n for one in pair for n in range(3)] for pair in pairs], ordered=False
    )


def test_what_is_bought_together_lies_together_with_more_series_than_dimensions():
    corpus = series()
    vectors = fit(corpus, SMALL).vectors
    baskets = [set(one.tolist()) for one in np.split(corpus.rows, corpus.offsets[1:-1])]
    together = {
        row: set.intersection(*(one for one in baskets if row in one))
        for row in range(corpus.n_items)
    }
    cosines = vectors @ vectors.T - 2 * np.eye(len(vectors))
    for row, company in together.items():
        best = np.argsort(-cosines[row])[: len(company) - 1]
        assert set(best.tolist()) == company - {row}


def test_vectors_have_length_one_and_stand_for_context_vectors():
    found = fit(series(), SMALL)
    np.testing.assert_allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-5)
    assert found.is_tied


def test_items_of_one_genre_come_to_lie_together_and_a_shuffled_world_has_none():
    corpus, genres = two_genres()
    assert genre_gap(fit(corpus, SMALL).vectors, genres) > 0.3
    corpus, genres = two_genres(shuffled=True)
    assert abs(genre_gap(fit(corpus, SMALL).vectors, genres)) < 0.1


def test_the_loss_falls_and_repeated_items_count_once():
    once = Corpus(np.array([0, 1, 1, 2], np.int32), np.array([0, 2, 4]), 3, "", ordered=False)
    again = np.array([0, 1, 0, 2, 1, 1], np.int32)
    twice = Corpus(again, np.array([0, 3, 6]), 3, "", ordered=False)
    found, other = fit(once, SMALL), fit(twice, SMALL)
    assert found.losses[-1] < found.losses[0]
    assert found.vectors.tobytes() == other.vectors.tobytes()


@pytest.mark.parametrize("ordered", [True, False], ids=["sessions", "baskets"])
def test_any_number_of_workers_gives_the_same_bytes(ordered):
    lists = [[n % 7, n % 11, n % 13, (3 * n) % 5000] for n in range(6000)]
    corpus = corpus_of(lists, ordered=ordered)
    model = dataclasses.replace(SMALL, epochs=1, batch_size=1024)
    made = [fit(corpus, model, seed=7, workers=n) for n in (1, 2, 4)]
    other = fit(corpus, model, seed=8)
    assert len({one.vectors.tobytes() for one in made}) == 1
    assert made[0].vectors.tobytes() != other.vectors.tobytes()


def test_a_training_goes_on_from_a_state_as_if_it_had_not_stopped():
    corpus, states = series(), []
    model = dataclasses.replace(SMALL, epochs=3)
    whole = fit(corpus, model)

    def keep(state):
        extra = {name: array.copy() for name, array in state.extra.items()}
        states.append(dataclasses.replace(state, extra=extra))

    fit(corpus, model, keep=keep, keep_every=0)
    assert len(states) > 20
    for state in states[:: len(states) // 5]:
        went_on = fit(corpus, model, start=state)
        assert went_on.vectors.tobytes() == whole.vectors.tobytes()
        assert went_on.losses == whole.losses


def test_numbers_that_are_no_longer_finite_end_the_training():
    states = []
    fit(series(), SMALL, keep=states.append, keep_every=0)
    vectors = states[0].matrices.vectors.copy()
    vectors[:] = np.nan
    broken = dataclasses.replace(states[0].matrices, vectors=vectors)
    with pytest.raises(DivergedError, match="Set a lower alpha"):
        fit(series(), SMALL, start=dataclasses.replace(states[0], matrices=broken))


def test_no_pair_is_nothing_to_train_on():
    with pytest.raises(NothingLeftError, match="one event"):
        fit(corpus_of([["a"], ["b"]]), SMALL)


def test_all_that_is_out_of_bounds_is_named_at_once():
    with pytest.raises(ConfigError) as error:
        Elsa(vector_size=0, alpha=0, min_alpha=1, epochs=1.5)
    for name in ("vector_size is 0", "epochs is 1.5"):
        assert name in str(error.value)
    with pytest.raises(ConfigError, match="alpha is 0"):
        Elsa(alpha=0)
