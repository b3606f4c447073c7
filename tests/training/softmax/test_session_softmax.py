"""The session softmax as a model: worlds it must see through, bytes it must repeat."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from worlds import corpus_of, genre_gap, two_genres

from x2vec.errors import ConfigError, DivergedError, NothingLeftError
from x2vec.progress import Progress
from x2vec.training import SessionSoftmax, SkipGram, fit

SMALL = SessionSoftmax(vector_size=16, epochs=6, batch_size=64, negative=2048, alpha=0.1)


def ring(n_items=30, n_walks=600, length=6, seed=0):
    """Each item is followed by the next one, always."""
    starts = np.random.default_rng(seed).integers(0, n_items, n_walks)
    return corpus_of([[int(s + step) % n_items for step in range(length)] for s in starts])


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("temperature", [None, 12.0], ids=["plain", "cosine"])
def test_the_next_item_of_a_ring_is_named(tied, temperature):
    corpus = ring()
    model = dataclasses.replace(SMALL, tied=tied, temperature=temperature, epochs=10)
    found = fit(corpus, model)
    walks = corpus.rows.reshape(-1, 6)
    following = {int(a): int(b) for walk in walks for a, b in pairwise(walk)}
    best = (found.vectors @ found.context_vectors.T).argmax(axis=1)
    assert best.tolist() == [following[row] for row in range(30)]


def test_items_of_one_genre_come_to_lie_together_in_the_tied_model():
    corpus, genres = two_genres()
    assert genre_gap(fit(corpus, SMALL).vectors, genres) > 0.3


def test_in_a_shuffled_world_there_is_nothing_to_find():
    corpus, genres = two_genres(shuffled=True)
    assert abs(genre_gap(fit(corpus, SMALL).vectors, genres)) < 0.1


def test_the_loss_falls_below_that_of_chance():
    heard = []
    fit(ring(), SMALL, listen=heard.append)
    losses = [event.figures["loss"] for event in heard if "loss" in event.figures]
    assert len(losses) == SMALL.epochs
    assert losses[-1] < losses[0] < np.log(30) + 2
    assert all(isinstance(event, Progress) for event in heard)


@pytest.mark.parametrize("ordered", [True, False], ids=["sessions", "baskets"])
def test_any_number_of_workers_gives_the_same_bytes(ordered):
    corpus = corpus_of([[n % 7, n % 11, n % 13, (3 * n) % 17] for n in range(300)], ordered=ordered)
    made = [fit(corpus, SMALL, seed=7, workers=n) for n in (1, 2, 4)]
    other = fit(corpus, SMALL, seed=8)
    assert len({one.vectors.tobytes() + one.context_vectors.tobytes() for one in made}) == 1
    assert made[0].vectors.tobytes() != other.vectors.tobytes()


@pytest.mark.parametrize(
    "asked",
    [{}, {"tied": False}, {"square": False}, {"last_square": False}, {"positions": "learnt"}],
    ids=str,
)
def test_a_training_goes_on_from_a_state_as_if_it_had_not_stopped(asked):
    model = dataclasses.replace(SMALL, **asked)
    corpus = ring()
    whole = fit(corpus, model)
    states = []

    def keep(state):
        extra = {name: array.copy() for name, array in state.extra.items()}
        states.append(dataclasses.replace(state, extra=extra))

    fit(corpus, model, keep=keep, keep_every=0)
    assert len(states) > 20
    for state in states[:: len(states) // 5]:
        went_on = fit(corpus, model, start=state)
        assert went_on.vectors.tobytes() == whole.vectors.tobytes()
        assert went_on.context_vectors.tobytes() == whole.context_vectors.tobytes()
        assert went_on.losses == whole.losses


def test_an_interrupt_hands_out_the_state_first():
    corpus, states = ring(), []

    def stop(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(corpus, SMALL, listen=stop, keep=states.append, keep_every=1e9)
    assert len(states) == 1


def test_training_ends_where_it_is_enough():
    seen = []

    def enough(matrices):
        seen.append(len(matrices.losses))
        return len(seen) == 2

    assert len(fit(ring(), SMALL, is_enough=enough).losses) == 2


def test_numbers_that_are_no_longer_finite_end_the_training_with_epoch_and_rate():
    states = []
    fit(ring(), SMALL, keep=states.append, keep_every=0)
    vectors = states[0].matrices.vectors.copy()
    vectors[3] = np.nan
    broken = dataclasses.replace(states[0].matrices, vectors=vectors)
    with pytest.raises(
        DivergedError, match=r"in epoch 1, learning rate 0\.\d+\. Set a lower alpha"
    ):
        fit(ring(), SMALL, start=dataclasses.replace(states[0], matrices=broken))


def test_no_pair_is_nothing_to_train_on():
    with pytest.raises(NothingLeftError, match="one event"):
        fit(corpus_of([["a"], ["b"]]), SMALL)


def test_the_other_engines_say_which_one_has_it():
    with pytest.raises(ConfigError, match="engine 'gensim' trains SkipGram, no SessionSoftmax"):
        fit(ring(), SMALL, engine="gensim")


def test_all_that_is_out_of_bounds_is_named_at_once():
    with pytest.raises(ConfigError) as error:
        SessionSoftmax(window=0, decay=0, temperature=-1, dropout=1, min_alpha=1)
    for name in ("window is 0", "decay is 0", "temperature is -1", "dropout is 1", "min_alpha is"):
        assert name in str(error.value)


def test_skip_gram_is_trained_as_before():
    assert fit(ring(), SkipGram(vector_size=4, epochs=1)).vectors.shape == (30, 4)
