"""Stored embeddings are asked as their manifest says."""

from __future__ import annotations

import pytest

from x2vec.embeddings import Embeddings, Provenance
from x2vec.recommendation import ranker_of

SKIP_GRAM = {"kind": "SkipGram", "ns_exponent": 0.25}
DECAYED = {"scoring": "in-out", "prior": None, "decay": 0.5, "last": 9}


def stored(config, **parts):
    parts = {"context_vectors": [[1, 0], [0, 1]], **parts}
    provenance = Provenance(config=config)
    return Embeddings(["a", "b"], [[1, 2], [3, 4]], counts=[2, 1], provenance=provenance, **parts)


@pytest.mark.parametrize(
    "config",
    [{"model": SKIP_GRAM, "query": DECAYED}, {"job": {"model": SKIP_GRAM, "query": DECAYED}}],
    ids=["trained", "run"],
)
def test_the_manifest_of_a_training_or_a_job_says_how_to_ask(config):
    ranker = ranker_of(stored(config))

    asked = (ranker.scoring, ranker.prior, ranker.decay, ranker.last)
    assert asked == ("in-out", 0.25, 0.5, 9)


def test_without_a_manifest_the_context_vectors_decide():
    assert ranker_of(stored({})).scoring == "in-out"
    assert ranker_of(stored({}, context_vectors=None)).scoring == "in-in"


def test_in_out_without_context_vectors_becomes_the_cosine():
    alone = stored({"model": SKIP_GRAM, "query": DECAYED}, context_vectors=None)

    assert (ranker_of(alone).scoring, ranker_of(alone).prior) == ("in-in", 0.0)


def test_a_session_softmax_has_no_noise_to_add_back():
    told = {"model": {"kind": "SessionSoftmax", "ns_exponent": 0.5}, "query": DECAYED}

    assert ranker_of(stored(told)).prior == 0.0


def test_what_a_training_learnt_of_its_query_goes_before_what_its_job_asked_for():
    learnt = {"scoring": "in-out", "prior": 0.0, "weights": [1.0, 0.5]}
    told = {"job": {"model": {"kind": "SessionSoftmax"}, "query": DECAYED}, "query": learnt}
    ranker = ranker_of(stored(told, query_matrix=[[1, 2], [3, 4]]))

    assert ranker.weights == (1.0, 0.5)
    assert ranker.query_matrix.tolist() == [[1, 2], [3, 4]]
