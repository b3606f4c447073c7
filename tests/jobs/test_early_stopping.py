"""Early stopping: what is held out, what an epoch is worth, when training ends, what comes out."""

import numpy as np
import pytest
from engines import engine_of, offer
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import write_shop
from worlds import corpus_of

import x2vec
from x2vec.errors import ConfigError, NothingLeftError
from x2vec.evaluation import NextItemQueries
from x2vec.jobs import Training
from x2vec.jobs.early_stopping import EarlyStopping, EpochWatch, hold_out
from x2vec.progress import Notice, Progress, silent
from x2vec.recommendation import Histories, QueryForm
from x2vec.training import Matrices, SkipGram

lists_of_items = st.lists(
    st.lists(st.sampled_from("abcdef"), min_size=2, max_size=6), min_size=10, max_size=60
)


# What is held out


@settings(max_examples=40, deadline=None)  # the first call loads what the others use
@given(lists=lists_of_items, seed=st.integers(0, 5), ordered=st.booleans())
def test_one_item_of_a_tenth_is_cut_and_every_item_and_sequence_is_still_trained(
    lists, seed, ordered
):
    sequences = x2vec.Sequences.from_lists(lists, ordered=ordered)
    try:
        train, queries = hold_out(sequences, 1000, seed=seed)
    except NothingLeftError:
        return
    assert 1 <= len(queries) <= max(1, len(lists) // 10)
    assert train.n_events == sequences.n_events - len(queries)
    assert train.ledger.removals[-1].rows == len(queries)
    assert len(train) == len(sequences)
    assert (train.lengths >= 2).all()
    assert train.n_items == sequences.n_items
    whole = {id_: sorted(items) for id_, items in zip(range(len(lists)), lists, strict=True)}
    for id_, history, target in zip(
        queries.histories.ids.to_pylist(), queries.histories, queries.targets, strict=True
    ):
        item = sequences.items[int(target)].as_py()
        assert sorted([*history, item]) == whole[id_]
        assert not ordered or lists[id_] == [*history, item]


def test_the_same_seed_cuts_the_same_and_no_more_than_asked():
    sequences = x2vec.Sequences.from_lists([["a", "b", "c"]] * 200)
    (_, first), (_, again), (_, other) = (hold_out(sequences, 7, seed=seed) for seed in (1, 1, 2))
    assert len(first) == 7
    assert first.histories.ids.equals(again.histories.ids)
    assert not first.histories.ids.equals(other.histories.ids)


@pytest.mark.parametrize(
    "lists",
    [
        [["a", "b"], ["b", "a"]],  # no sequence of three
        [["a", "b", "c"], ["a", "b"]],  # c occurs once
    ],
)
def test_where_nothing_can_be_held_out_patience_is_an_error_that_says_so(lists):
    sequences = x2vec.Sequences.from_lists(lists)
    with pytest.raises(NothingLeftError, match=r"Nothing to measure epochs by.*patience = 0"):
        x2vec.train(sequences, engine="reference", patience=1)


# What an epoch is worth

N_ITEMS = 40


def ranked_first(*rows):
    """Make matrices that rank some rows before all others, whatever the history is."""
    context = np.zeros((N_ITEMS, 1), np.float32)
    context[list(rows)] = 1
    return Matrices(np.ones((N_ITEMS, 1), np.float32), context)


def watch_of(*, targets, patience, epochs=9, listen=silent):
    corpus = corpus_of([[f"{item:02}" for item in range(N_ITEMS)]])
    queries = NextItemQueries(
        Histories.of([[20]] * len(targets), n_items=N_ITEMS),
        np.ones(len(targets), bool),
        np.array(targets, np.int32),
    )
    model = SkipGram(epochs=epochs)
    return EpochWatch(corpus, queries, model, QueryForm(), patience=patience, listen=listen)


def test_an_epoch_is_worth_the_share_of_targets_among_the_first_twenty_of_all():
    events = []
    watch = watch_of(targets=[0, 1, 2, 3], patience=2, listen=events.append)
    epochs = [ranked_first(0), ranked_first(0, 1, 2), ranked_first(0, 1), ranked_first(1, 2, 3)]
    ended = [watch(matrices) for matrices in epochs]
    # a target that is not ranked first ties with 36 others, which counts against it
    assert watch.recalls == (1 / 4, 3 / 4, 2 / 4, 3 / 4)
    assert ended == [False, False, False, True]
    assert watch.best is epochs[1]  # the first of two that are as good
    assert watch.seen.to_dict() == {
        "metric": "recall@20",
        "n_queries": 4,
        "patience": 2,
        "recalls": [1 / 4, 3 / 4, 2 / 4, 3 / 4],
        "best_epoch": 2,
        "reason": "ended after epoch 4 of 9: no better recall@20 for 2 epochs",
    }
    told = Progress("train", 2 * N_ITEMS, 9 * N_ITEMS, "tokens", {"epoch": 2, "recall@20": 3 / 4})
    assert events[1] == told


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(1, 4))
def test_training_ends_where_the_best_epoch_lies_patience_epochs_back(hits, patience):
    watch = watch_of(targets=[0, 1, 2, 3], patience=patience)
    since, best = 0, -1
    for n_hits in hits:
        since, best = (0, n_hits) if n_hits > best else (since + 1, best)
        assert watch(ranked_first(*range(n_hits))) == (since >= patience)


def test_all_epochs_trained_is_another_reason():
    seen = EarlyStopping((0.5, 0.4), n_queries=9, planned=2, patience=3)
    assert seen.reason == "all 2 epochs trained"
    assert str(seen) == ("all 2 epochs trained; the vectors are those of epoch 1, recall@20 0.5000")


# What comes out

ENDS_ALIKE = [[f"{n % 37:02}", f"{(n + 1) % 37:02}", "last"] for n in range(400)]


def peaks_in_epoch_two(corpus, epoch):
    """Rank the last item first in epoch 2, and last in the others."""
    last = int(corpus.counts().argmax())
    context = np.zeros((corpus.n_items, 2), np.float32)
    context[last] = 100 if epoch == 2 else -100
    vectors = np.full((corpus.n_items, 2), epoch, np.float32)
    return Matrices(vectors, context, tuple(1 / n for n in range(1, epoch + 1)))


def test_the_vectors_are_those_of_the_best_epoch_and_the_losses_those_of_all(monkeypatch):
    offer(monkeypatch, engine_of(peaks_in_epoch_two))
    events = []
    embeddings = x2vec.train(
        x2vec.Sequences.from_lists(ENDS_ALIKE), SkipGram(vector_size=2, epochs=9),
        engine="made", patience=3, listen=events.append,
    )  # fmt: skip
    # all 40 queries ask for the last item; epoch 5 is the third one without a better recall
    assert (embeddings.vectors == 2).all()
    assert embeddings.provenance.metrics["losses"] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    seen = embeddings.provenance.metrics["early_stopping"]
    assert (seen["recalls"], seen["best_epoch"], seen["n_queries"]) == ([0, 1, 0, 0, 0], 2, 40)
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "ended after epoch 5 of 9: no better recall@20 for 3 epochs; "
        "the vectors are those of epoch 2, recall@20 1.0000"
    ]


def test_a_job_reports_what_it_held_out_and_the_recall_of_each_epoch(tmp_path):
    report = x2vec.run(write_shop(tmp_path, training="patience = 2\nvalidation_queries = 50"))
    assert report.early_stopping.n_queries == 50
    (removal,) = [one for one in report.trained.removals if "tells when" in one.reason]
    assert removal.rows == 50
    assert report.n_tokens == 540 * 4 - 50
    # 32 items, of which five of the basket's own genre are left: soon all are among the first 20
    assert max(report.early_stopping.recalls) == 1.0
    assert len(report.losses) == report.early_stopping.best_epoch + 2
    assert report.to_dict()["early_stopping"] == report.early_stopping.to_dict()
    manifest = x2vec.load(tmp_path / "store").provenance
    assert manifest.metrics["early_stopping"] == report.early_stopping.to_dict()


def test_the_test_part_of_a_job_is_not_what_epochs_are_measured_by(tmp_path):
    asked = []
    for patience in (0, 2):
        job = write_shop(tmp_path, training=f"patience = {patience}")
        report = x2vec.run(job)
        asked.append((report.split, report.evaluation.n_queries))
    assert asked[0] == asked[1]


def test_the_reference_engine_ends_early_too(tmp_path):
    how = 'engine = "reference"\npatience = 1'
    report = x2vec.run(write_shop(tmp_path, n_baskets=60, training=how))
    assert len(report.early_stopping.recalls) == len(report.losses) == 2


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"patience": -1}, "patience is -1; it must be a whole number from 0 on"),
        ({"patience": 1.5}, "patience is 1.5; it must be a whole number from 0 on"),
        ({"validation_queries": 0}, "validation_queries is 0; it must be a whole number from 1"),
        ({"checkpoint_every": -1}, "checkpoint_every is -1; it must be at least 0 seconds"),
        ({"checkpoint_every": float("nan")}, "checkpoint_every is nan; it must be at least 0"),
        ({"engine": "gensim", "patience": 1}, "patience is 1, which engine 'gensim' has not"),
        (
            {"engine": "gensim", "deterministic": True},
            "deterministic is True, which engine 'gensim' has not; set engine",
        ),
    ],
)
def test_how_a_model_is_fitted_is_checked_before_anything_is_read(how, words):
    with pytest.raises(ConfigError, match=words):
        Training(**how)
