"""The embedding ranker: mean vectors, cosines and dot products, computed by hand."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest

from x2vec.errors import ConfigError
from x2vec.recommendation import EmbeddingRanker, Histories, QueryForm
from x2vec.training import SessionSoftmax

VECTORS = np.array([[3, 0], [0, 1], [1, 1]], dtype=np.float32)
CONTEXT = np.array([[1, 0], [0, 2], [-1, 1]], dtype=np.float32)


def test_in_in_is_the_cosine_to_the_mean_of_unit_vectors():
    scores = EmbeddingRanker(vectors=VECTORS).scores(Histories.of([[0, 1]], n_items=3))

    # (1, 0) and (0, 1) have the mean direction (1, 1), whatever their lengths were
    assert scores[0] == pytest.approx([1 / sqrt(2), 1 / sqrt(2), 1])


def test_scaling_a_vector_changes_nothing_of_in_in():
    scaled = VECTORS * np.array([[2], [16], [0.25]], dtype=np.float32)
    histories = Histories.of([[0, 1], [2, 0, 0]], n_items=3)

    before = EmbeddingRanker(vectors=VECTORS).scores(histories)
    after = EmbeddingRanker(vectors=scaled).scores(histories)

    assert after.tolist() == before.tolist()  # powers of two: exact


def test_in_out_is_the_mean_vector_times_the_context_vectors():
    ranker = EmbeddingRanker(vectors=VECTORS, context_vectors=CONTEXT, scoring="in-out")

    scores = ranker.scores(Histories.of([[0, 1]], n_items=3))

    mean = (3 / 2, 1 / 2)
    assert scores.tolist() == [[mean[0], 2 * mean[1], -mean[0] + mean[1]]]


def test_a_decay_weighs_the_mean_towards_the_end():
    ranker = EmbeddingRanker(vectors=VECTORS, context_vectors=CONTEXT, scoring="in-out", decay=0.5)

    scores = ranker.scores(Histories.of([[0, 1]], n_items=3))

    mean = ((0.5 * 3) / 1.5, 1 / 1.5)
    assert scores[0] == pytest.approx([mean[0], 2 * mean[1], -mean[0] + mean[1]])


@pytest.mark.parametrize("scoring", ["in-in", "in-out"])
def test_only_the_last_items_of_a_history_count(scoring):
    parts = {"vectors": VECTORS, "context_vectors": CONTEXT, "scoring": scoring, "decay": 0.5}

    short = EmbeddingRanker(last=2, **parts).scores(Histories.of([[0, 0, 1, 2], [1]], n_items=3))

    whole = EmbeddingRanker(**parts).scores(Histories.of([[1, 2], [1]], n_items=3))
    assert short.tolist() == whole.tolist()


def test_a_history_whose_last_items_have_no_vector_is_not_answered():
    vectors = np.array([[0, 0], [1, 0]], dtype=np.float32)
    histories = Histories.of([[1, 0], [0, 1], []], n_items=2)

    answers = EmbeddingRanker(vectors=vectors, last=1).answers(histories)

    assert answers.tolist() == [False, True, False]


def test_the_last_item_is_turned_by_the_query_matrix():
    """Of (3, 0) and (0, 1) the mean is (1.5, .5); the last one is (-1.5, .5) off; Q swaps axes."""
    swap = np.array([[0, 1], [1, 0]], dtype=np.float32)
    ranker = EmbeddingRanker(
        vectors=VECTORS, context_vectors=CONTEXT, scoring="in-out", query_matrix=swap
    )

    queries = ranker.queries(Histories.of([[0, 1], [2]], n_items=3))

    assert queries.tolist() == [[1.5 + 0.5, 0.5 - 1.5], [1, 1]]


def test_weights_count_the_last_items_from_the_end():
    parts = {"vectors": VECTORS, "context_vectors": CONTEXT, "scoring": "in-out"}
    ranker = EmbeddingRanker(weights=(1, 3), **parts)

    queries = ranker.queries(Histories.of([[2, 0, 1], [0]], n_items=3))

    assert queries.tolist() == [[3 * 3 / 4, 1 / 4], [3, 0]]


def test_learnt_weights_take_the_place_of_the_models_own_form_alone():
    model = SessionSoftmax(window=2, positions="learnt")
    fades = np.array([2, 1], np.float32)

    assert QueryForm.of(model).with_learnt(model, fades) == QueryForm(prior=0.0, weights=(1, 0.5))
    assert QueryForm(last=1).with_learnt(model, fades) == QueryForm(last=1)
    assert QueryForm.of(model).with_learnt(model, None) == QueryForm.of(model)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"weights": [1, -1]}, r"weights must be numbers from 0 on, .* not \[1, -1\]"),
        ({"weights": [0, 1]}, "the first above"),
        ({"weights": []}, "the first above"),
        ({"weights": ["a"]}, "must be numbers"),
        ({"weights": [float("nan")]}, "must be numbers"),
        ({"weights": [1], "last": 2}, "take the place of decay and last"),
    ],
)
def test_weights_that_weigh_nothing_are_refused(wrong, message):
    with pytest.raises(ConfigError, match=message):
        QueryForm(**wrong)


def test_a_query_form_names_its_prior_by_itself_the_exponent_of_the_noise():
    assert QueryForm().prior_of(0.75) == 0.75
    assert QueryForm(prior=0.25).prior_of(0.75) == 0.25
    assert QueryForm("in-in").prior_of(0.75) == 0.0


def test_a_query_form_says_everything_that_is_wrong_with_it():
    with pytest.raises(ConfigError) as caught:
        QueryForm("out", decay=2.0, last=0, prior=float("inf"))
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "scoring", "decay", "prior", "last",
    ]  # fmt: skip


def test_the_prior_adds_so_many_logarithms_of_the_count():
    ranker = EmbeddingRanker(
        vectors=VECTORS,
        context_vectors=CONTEXT,
        counts=np.array([8, 2, 0]),
        scoring="in-out",
        prior=0.75,
    )

    scores = ranker.scores(Histories.of([[1]], n_items=3))

    assert scores[0] == pytest.approx([0.75 * log(8), 2 + 0.75 * log(2), 1 + 0.75 * log(1)])


@pytest.mark.parametrize(
    "form", [{}, {"scoring": "in-out", "prior": 0.5}, {"scoring": "in-out", "last": 1}]
)
def test_a_score_is_the_product_of_query_and_target_plus_the_bias(form):
    counts = np.array([8, 2, 0])
    ranker = EmbeddingRanker(
        vectors=VECTORS, context_vectors=CONTEXT, counts=counts, decay=0.5, **form
    )
    histories = Histories.of([[0, 1], [2]], n_items=3)

    bias = 0 if ranker.bias is None else ranker.bias
    scores = ranker.queries(histories) @ ranker.targets.T + bias

    assert scores == pytest.approx(ranker.scores(histories))


@pytest.mark.parametrize("scoring", ["in-in", "in-out"])
def test_the_query_of_no_history_is_zero(scoring):
    ranker = EmbeddingRanker(vectors=VECTORS, context_vectors=CONTEXT, scoring=scoring)

    assert ranker.queries(Histories.of([[]], n_items=3)).tolist() == [[0, 0]]


def test_a_history_of_zero_vectors_is_not_answered():
    vectors = np.array([[0, 0], [1, 0]], dtype=np.float32)

    answers = EmbeddingRanker(vectors=vectors).answers(Histories.of([[0], [0, 1]], n_items=2))

    assert answers.tolist() == [False, True]


def test_scores_are_float32():
    scores = EmbeddingRanker(vectors=VECTORS, decay=0.3).scores(Histories.of([[0]], n_items=3))

    assert scores.dtype == np.float32


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"scoring": "out-in"}, "scoring must be 'in-in' or 'in-out', not 'out-in'"),
        ({"scoring": "in-out"}, "needs context vectors, and the model has none"),
        ({"prior": 0.75}, "a prior belongs to in-out scoring"),
        (
            {"scoring": "in-out", "context_vectors": CONTEXT, "prior": 1.0},
            r"prior = 1\.0 needs the counts",
        ),
        ({"prior": float("nan")}, "prior must be a finite number"),
        (
            {"idf": 1, "weighted": "no"},
            "idf must be True or False, not 1\nweighted must be .* 'no'",
        ),
        ({"decay": 0.0}, r"decay must be above 0 and at most 1, not 0\.0"),
    ],
)
def test_parameters_that_cannot_work_are_refused(parameters, message):
    with pytest.raises(ConfigError, match=message):
        EmbeddingRanker(vectors=VECTORS, **parameters)


def test_arrays_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"context vectors \(2, 2\) beside vectors \(3, 2\)"):
        EmbeddingRanker(vectors=VECTORS, context_vectors=CONTEXT[:2])
    with pytest.raises(ValueError, match="1 counts for 3 vectors"):
        EmbeddingRanker(vectors=VECTORS, counts=np.array([1]))
    with pytest.raises(ValueError, match=r"query matrix \(1, 2\) for vectors of 2 numbers"):
        EmbeddingRanker(vectors=VECTORS, query_matrix=np.ones((1, 2), np.float32))


def test_idf_weighs_an_item_by_how_rare_it_is():
    """An item that was never seen counts as one event: of 10, 8 are of row 0 and one of row 1."""
    counts = np.array([8, 1, 0])
    parts = {"vectors": VECTORS, "context_vectors": CONTEXT, "scoring": "in-out", "idf": True}
    ranker = EmbeddingRanker(counts=counts, **parts)

    query = ranker.queries(Histories.of([[0, 1]], n_items=3))[0]

    often, rare = log(1 + 10 / 8), log(1 + 10)
    assert query == pytest.approx([3 * often / (often + rare), rare / (often + rare)])
    with pytest.raises(ConfigError, match="idf needs the counts"):
        EmbeddingRanker(**parts)
