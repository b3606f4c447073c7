"""Baselines on real clicks: RecSys Challenge 2015, its first 100,000 events."""

from __future__ import annotations

import numpy as np
import pyarrow.csv as pc
import pytest
from real_data import path_to

from x2vec.corpus import Corpus, Sequences, Vocabulary, leave_last_out
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.recommendation import CoOccurrence, Popularity


def sessions(name):
    options = pc.ParseOptions(delimiter="\t")
    table = pc.read_csv(
        path_to("yoochoose-100k", f"yoochoose-clicks-100k_{name}.txt"), parse_options=options
    )
    table = table.sort_by([("SessionId", "ascending"), ("Time", "ascending")])
    ids = table["SessionId"].to_numpy()
    starts = np.flatnonzero(np.diff(ids)) + 1
    return Sequences.from_lists(
        part.tolist() for part in np.split(table["ItemId"].to_numpy(), starts)
    )


@pytest.fixture(scope="module")
def report():
    train = sessions("train_full")
    vocabulary = Vocabulary.of(train)
    corpus = Corpus.of(train, vocabulary)
    queries = NextItemQueries.of(leave_last_out(sessions("test")).queries, vocabulary)
    rankers = [CoOccurrence.fit(corpus), Popularity.fit(corpus)]
    return evaluate_next_item(rankers, queries, exclude_history=False)


def test_every_test_session_of_two_clicks_or_more_is_asked(report):
    assert report.n_queries > 3000


def test_popularity_stays_clearly_below_cooccurrence(report):
    popularity = report.value("hr@20", model="popularity")

    assert 0.02 < popularity < 0.2
    assert report.value("hr@20", model="cooccurrence") > popularity + 0.3


def test_cooccurrence_reaches_what_such_baselines_reach_on_clicks(report):
    # published Item-KNN on the larger yoochoose-1_64: 51.6 % P@20
    assert 0.5 < report.value("hr@20", model="cooccurrence") < 0.8
