"""What every engine must do, run on each of them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import worlds
from worlds import corpus_of, genre_gap, two_genres

from x2vec._plugins import ENGINES, names
from x2vec.errors import ConfigError, DivergedError, NothingLeftError, PluginError
from x2vec.progress import Notice, Progress
from x2vec.training import Matrices, SkipGram, fit
from x2vec.training.engine import refuse_divergence

SMALL = SkipGram(vector_size=16, window=3, epochs=5, sample=0, alpha=0.05)


@pytest.fixture(params=sorted(names(ENGINES)))
def engine(request):
    return request.param


def test_the_engines_are_found_through_entry_points():
    assert {"gensim", "native", "reference"} <= set(names(ENGINES))


def test_items_of_one_genre_come_to_lie_together(engine):
    corpus, genres = two_genres()
    matrices = fit(corpus, SMALL, engine=engine, seed=1)
    assert genre_gap(matrices.vectors, genres) > 0.5


def test_in_a_shuffled_world_there_is_nothing_to_find(engine):
    corpus, genres = two_genres(shuffled=True)
    matrices = fit(corpus, SMALL, engine=engine, seed=1)
    assert abs(genre_gap(matrices.vectors, genres)) < 0.15


def test_matrices_are_float32_finite_and_of_the_size_asked_for(engine):
    corpus, _ = two_genres(n_sequences=50)
    matrices = fit(corpus, SMALL, engine=engine)
    for matrix in (matrices.vectors, matrices.context_vectors):
        assert matrix.shape == (corpus.n_items, 16)
        assert matrix.dtype == np.float32
    assert matrices.is_finite


def test_same_seed_and_one_worker_give_the_same_bytes(engine):
    corpus, _ = two_genres(n_sequences=60)
    one, same, other = (fit(corpus, SMALL, engine=engine, seed=seed) for seed in (7, 7, 8))
    assert one.vectors.tobytes() == same.vectors.tobytes()
    assert one.context_vectors.tobytes() == same.context_vectors.tobytes()
    assert one.vectors.tobytes() != other.vectors.tobytes()


def test_the_hash_seed_of_python_decides_nothing(engine):
    program = (
        "import hashlib, sys; sys.path.insert(0, sys.argv[1]);"
        "from worlds import two_genres; from x2vec.training import SkipGram, fit;"
        "m = fit(two_genres(n_sequences=40)[0], SkipGram(vector_size=8, epochs=1),"
        " engine=sys.argv[2], seed=3);"
        "print(hashlib.sha256(m.vectors.tobytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, str(Path(worlds.__file__).parent), engine],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("0", "1")
    }
    assert len(digests) == 1


def test_progress_ends_at_the_total(engine):
    corpus, _ = two_genres(n_sequences=50)
    events = []
    fit(corpus, SMALL, engine=engine, listen=events.append)
    done = [event.done for event in events if isinstance(event, Progress)]
    assert done == sorted(done)
    assert done[-1] == corpus.n_tokens * SMALL.epochs
    totals = {event.total for event in events if isinstance(event, Progress)}
    assert totals == {corpus.n_tokens * SMALL.epochs}


def test_in_a_basket_the_far_ends_are_context_too(engine):
    # x and y always stand at the two ends of a basket of nine, out of reach of a window of 1
    draws = np.random.default_rng(1)
    lists = [[f"x{g}", *draws.permutation(20)[:7].astype(str), f"y{g}"] for g in range(4)] * 60
    whole = corpus_of(lists, ordered=False)
    parameters = SkipGram(vector_size=16, window=1, epochs=8, sample=0, alpha=0.05)
    matrices = fit(whole, parameters, engine=engine, seed=1)
    from x2vec.corpus import Sequences, Vocabulary

    items = Vocabulary.of(Sequences.from_lists(lists)).items.to_pylist()
    x, y = (matrices.vectors[[items.index(f"{end}{g}") for g in range(4)]] for end in "xy")
    unit = [m / np.linalg.norm(m, axis=1, keepdims=True) for m in (x, y)]
    assert (np.argmax(unit[0] @ unit[1].T, axis=1) == np.arange(4)).all()


def test_a_corpus_without_a_pair_is_refused(engine):
    with pytest.raises(NothingLeftError, match="No pairs"):
        fit(corpus_of([["a"], ["b"]]), SMALL, engine=engine)


def test_numbers_that_stop_being_finite_name_epoch_and_rate():
    bad = Matrices(np.array([[np.nan]], np.float32), np.zeros((1, 1), np.float32))
    good = Matrices(np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32))
    with pytest.raises(DivergedError, match=r"epoch 3, learning rate 0\.5.*lower alpha") as caught:
        refuse_divergence(bad, good, epoch=3, alpha=0.5)
    assert (caught.value.epoch, caught.value.alpha) == (3, 0.5)
    assert caught.value.last_good is good


def test_an_engine_that_diverges_is_stopped_with_its_last_good_state(engine, monkeypatch):
    corpus, _ = two_genres(n_sequences=30)
    import x2vec.training.gensim_engine as gensim_engine
    import x2vec.training.native.engine as native
    import x2vec.training.reference as reference

    seen = []

    def poisoned(matrices, last_good, *, epoch, alpha):
        if epoch == 3:
            matrices.vectors[0, 0] = np.nan
        seen.append(epoch)
        refuse_divergence(matrices, last_good, epoch=epoch, alpha=alpha)

    for module in (gensim_engine, native, reference):
        monkeypatch.setattr(module, "refuse_divergence", poisoned)
    with pytest.raises(DivergedError) as caught:
        fit(corpus, SMALL, engine=engine)
    assert seen == [1, 2, 3]
    assert caught.value.last_good.is_finite


@pytest.mark.parametrize(("given", "says"), [({"workers": 0}, "workers"), ({"seed": -1}, "seed")])
def test_seed_and_workers_have_bounds(given, says):
    with pytest.raises(ConfigError, match=f"{says} is"):
        fit(corpus_of([["a", "b"]]), SMALL, **given)


def test_an_unknown_engine_is_answered_with_the_closest():
    with pytest.raises(PluginError, match="Did you mean 'gensim'"):
        fit(corpus_of([["a", "b"]]), SMALL, engine="gensin")


def test_a_sequence_longer_than_gensim_takes_is_trained_to_its_last_event_and_counted():
    # the pair (y, z) occurs only after token 10,000
    lists = [["a", "b"] * 10_000 + ["y", "z"] * 500, ["a", "b"] * 50]
    corpus = corpus_of(lists)
    events = []
    trained = fit(
        corpus, SkipGram(vector_size=8, epochs=3, sample=0), engine="gensim", listen=events.append
    )
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices == [
        "1 sequences of more than 10,000 events go to gensim in pieces; "
        "pairs across the cuts are not trained"
    ]
    # an out-vector starts at zero and stays there unless its item is trained
    assert np.abs(trained.context_vectors).max(axis=1).min() > 0.01


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_a_listener_that_raises_does_not_hang_an_engine(engine, failure):
    corpus, _ = two_genres(n_sequences=50)

    def broken(event):
        raise failure("no terminal")

    with pytest.raises(failure, match="no terminal"):
        fit(corpus, SMALL, engine=engine, listen=broken)


def test_subsampling_that_takes_most_events_is_told_and_one_that_takes_all_is_refused():
    corpus, _ = two_genres(n_sequences=50)  # 20 items of about 1/20 each, 50 times the threshold
    events = []
    fit(corpus, SkipGram(vector_size=4, epochs=1, sample=1e-3), listen=events.append)
    share = round(100 * (np.sqrt(50) + 1) / 50)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices == [f"sample = 0.001 keeps {share}% of the events"]
    with pytest.raises(NothingLeftError, match="sample = 1e-09 keeps 0%"):
        fit(corpus, SkipGram(vector_size=4, epochs=1, sample=1e-9))


@pytest.mark.parametrize("exponent", [-1, 0, 1, 2])
def test_any_exponent_of_the_noise_trains(engine, exponent):
    corpus, genres = two_genres()
    parameters = SkipGram(vector_size=8, window=3, epochs=5, alpha=0.05, ns_exponent=exponent)
    assert genre_gap(fit(corpus, parameters, engine=engine).vectors, genres) > 0.3


def test_gensim_behind_the_protocol_is_gensim():
    """Same parameters, same seed, one worker: the vectors of Word2Vec used directly."""
    from gensim.models import Word2Vec

    corpus, _ = two_genres(n_sequences=80)
    lists = [
        corpus.rows[a:b].astype(str).tolist()
        for a, b in zip(corpus.offsets[:-1], corpus.offsets[1:], strict=True)
    ]
    direct = Word2Vec(
        sg=1,
        vector_size=16,
        window=3,
        sample=0,
        alpha=0.05,
        min_alpha=1e-4,
        min_count=1,
        seed=1,
        workers=1,
    )
    direct.build_vocab_from_freq({str(r): int(c) for r, c in enumerate(corpus.counts())})
    direct.train(lists, total_words=corpus.n_tokens, epochs=5)
    ours = fit(corpus, SMALL, engine="gensim", seed=1)
    order = [direct.wv.key_to_index[str(row)] for row in range(corpus.n_items)]
    assert np.array_equal(ours.vectors, direct.wv.vectors[order])
