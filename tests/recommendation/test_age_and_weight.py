"""Queries that know when events happened and what they weigh, computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import x2vec
from x2vec.corpus import Sequences
from x2vec.embeddings import Embeddings, Provenance
from x2vec.errors import ConfigError, SourceError, UsageError
from x2vec.recommendation import (
    EmbeddingRanker,
    Histories,
    QueryForm,
    Questions,
    questions_of_table,
    ranker_of,
)

DAY = 86_400_000_000
VECTORS = np.array([[3, 0], [0, 1], [1, 1]], dtype=np.float32)
CONTEXT = np.array([[1, 0], [0, 2], [-1, 1]], dtype=np.float32)
SHOP = Embeddings(["tea", "jam", "pot"], np.eye(3), counts=[3, 2, 1])


def in_out(**form):
    return EmbeddingRanker(vectors=VECTORS, context_vectors=CONTEXT, scoring="in-out", **form)


def asked(lists, *, days=None, weights=None):
    times = None if days is None else np.array(days, np.int64) * DAY
    given = None if weights is None else np.array(weights, np.float32)
    return replace(Histories.of(lists, n_items=3), times=times, event_weights=given)


def test_an_event_weighs_half_for_each_half_life_that_it_is_older_than_the_latest():
    queries = in_out(half_life="5d").queries(asked([[0, 1], [0, 1], []], days=[0, 10, 7, 12]))

    far, near = 0.5**2, 0.5**1
    assert queries[0] == pytest.approx([far * 3 / (far + 1), 1 / (far + 1)])
    assert queries[1] == pytest.approx([near * 3 / (near + 1), 1 / (near + 1)])
    assert queries[2].tolist() == [0, 0]


def test_events_of_one_moment_weigh_alike_and_so_does_a_history_asked_much_later():
    ranker = in_out(half_life="1d")

    of_one_moment = ranker.queries(asked([[0, 1]], days=[4, 4]))
    assert of_one_moment.tolist() == in_out().queries(asked([[0, 1]])).tolist()
    early, late = (ranker.queries(asked([[0, 1]], days=days)) for days in ([0, 2], [5000, 5002]))
    assert early.tolist() == late.tolist()


def test_an_event_that_is_much_too_old_counts_for_nothing():
    old = in_out(half_life="10ms").queries(asked([[0, 1]], days=[0, 9000]))

    assert old.tolist() == [[0, 1]]


def test_the_latest_of_the_items_that_count_is_the_one_that_ages_are_from():
    ranker = in_out(half_life="1d", last=2)

    assert ranker.queries(asked([[2, 0, 1]], days=[0, 1, 2])) == pytest.approx(
        np.array([[0.5 * 3 / 1.5, 1 / 1.5]])
    )


def test_an_event_weighs_as_its_source_says():
    ranker = in_out(weighted=True)

    queries = ranker.queries(asked([[0, 1], [1]], weights=[1, 3, 0.5]))
    assert queries == pytest.approx(np.array([[1 * 3 / 4, 3 / 4], [0, 1]]))
    doubled = ranker.queries(asked([[0, 1], [1]], weights=[2, 6, 1]))
    assert doubled.tolist() == queries.tolist()


def test_weights_as_large_as_there_are_stay_finite():
    most = float(np.finfo(np.float32).max)

    assert in_out(weighted=True).queries(asked([[0, 1]], weights=[most, most])).tolist() == [
        [1.5, 0.5]
    ]


def test_an_event_of_weight_0_is_as_if_it_were_not_there():
    ranker = in_out(weighted=True, last=2, decay=0.5)
    without = asked([[0, 1], []], weights=[2, 1])
    histories = asked([[0, 2, 1, 2], [2]], weights=[2, 0, 1, 0, 0])

    assert ranker.queries(histories).tolist() == ranker.queries(without).tolist()
    assert ranker.answers(histories).tolist() == [True, False]


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 40), st.sampled_from([0.0, 0.5, 1.0, 4.0])),
            max_size=5,
        ),
        max_size=4,
    )
)
def test_decay_age_weight_and_rarity_multiply(lists):
    lists = [sorted(one, key=lambda event: event[1]) for one in lists]
    flat = [event for one in lists for event in one]
    histories = asked(
        [[row for row, _, _ in one] for one in lists],
        days=[day for _, day, _ in flat],
        weights=[weight for _, _, weight in flat],
    )
    counts = np.array([5, 3, 2])
    form = {"decay": 0.9, "half_life": "7d", "weighted": True, "idf": True}
    queries = in_out(counts=counts, **form).queries(histories)

    for query, one in zip(queries, lists, strict=True):
        left = [event for event in one if event[2] > 0]
        total, weights = np.zeros(2), 0.0
        for steps, (row, day, weight) in enumerate(reversed(left)):
            age = left[-1][1] - day
            by = 0.9**steps * 0.5 ** (age / 7) * weight * np.log1p(10 / counts[row])
            total, weights = total + by * VECTORS[row], weights + by
        assert query == pytest.approx(total / (weights or 1), abs=1e-5)


def test_times_and_weights_stay_with_their_events():
    histories = asked([[0, 1], [], [2]], days=[1, 2, 3], weights=[1, 0.5, 4])

    def told(some):
        return some.rows.tolist(), (some.times // DAY).tolist(), some.event_weights.tolist()

    assert told(histories.take(np.array([2, 0]))) == ([2, 0, 1], [3, 1, 2], [4, 1, 0.5])
    assert told(histories.tail(1)) == ([1, 2], [2, 3], [0.5, 4])
    kept = histories.keep(np.array([True, False, True]))
    assert (told(kept), kept.lengths.tolist()) == (([0, 2], [1, 3], [1, 4]), [1, 0, 1])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"times": np.zeros(1, np.int64)}, "1 times for 2 rows"),
        ({"event_weights": np.ones(3, np.float32)}, "3 event weights for 2 rows"),
        ({"event_weights": np.array([1, -1], np.float32)}, "finite numbers from 0 on"),
        ({"event_weights": np.array([1, np.nan], np.float32)}, "finite numbers from 0 on"),
    ],
)
def test_columns_that_fit_no_events_are_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        replace(Histories.of([[0, 1]], n_items=3), **columns)


def test_a_form_that_goes_by_what_histories_lack_says_which_and_what_to_do():
    ranker = in_out(half_life="30d", weighted=True, name="mine")
    with pytest.raises(UsageError) as caught:
        ranker.scores(asked([[0, 1]]))
    first, second = str(caught.value).splitlines()
    assert first.startswith(
        'mine: its query form has half_life = "30d", which needs a time of each'
    )
    assert "column of timestamps (time = ...)" in first
    assert "weighted = true, which needs a weight" in second
    assert ranker.answers(asked([[], []])).tolist() == [False, False]  # nothing is weighed there


@pytest.mark.parametrize("half_life", ["30", "0d", "soon", 30])
def test_a_half_life_that_is_no_duration_is_refused(half_life):
    with pytest.raises(ConfigError, match="half_life is"):
        QueryForm(half_life=half_life)


def test_a_form_says_its_half_life_and_that_it_is_weighted():
    form = QueryForm(half_life="30d", weighted=True, idf=True)
    assert str(form) == "in-out, mean, half-life 30d, weighted, idf, prior ns_exponent"


def read(unit="us", **more):
    events = {"who": [1, 1, 2], "what": ["tea", "ham", "jam"], "at": [1, 2, 3], "stars": [4, 5, 1]}
    events["at"] = pa.array(events["at"], pa.int64())
    if unit is not None:
        events["at"] = pa.array([DAY * 20_000 + 1] * 3, pa.timestamp(unit))
    options = {"user": "who", "item": "what", "rating": "stars", "time": "at", **more}
    return x2vec.read("ratings", pa.table(events), **options)


def test_sequences_bring_their_times_and_weights_and_unknown_items_take_theirs_along():
    histories = Questions.of(SHOP, read(as_weight=True)).histories
    assert histories.event_weights.tolist() == [4, 1]
    assert histories.times.tolist() == [DAY * 20_000 + 1] * 2
    bare = Questions.of(SHOP, read(None, time_unit="position")).histories
    assert (bare.times, bare.event_weights) == (None, None)
    assert Questions.of(SHOP, Sequences.from_lists([["tea"]])).histories.times is None


def of_table(at, weights=(2.0, None, 0.5), **columns):
    table = pa.table({"q": [7, 7, 7], "i": ["pot", "tea", "ham"], "t": at, "w": weights})
    columns = {"time": "t", "weight": "w", **columns}
    return questions_of_table(SHOP, table, item="i", query="q", **columns).histories


def test_a_table_brings_times_and_weights_in_the_order_of_times():
    histories = of_table(pa.array([9, 4, 5], pa.timestamp("s", "Europe/Paris")))
    assert histories.rows.tolist() == [0, 2]
    assert histories.times.tolist() == [4_000_000, 9_000_000]
    assert histories.event_weights.tolist() == [1, 2]  # one without a weight has 1
    days = of_table(pa.array([9, 4, 5], pa.date32()), weight=None)
    assert (days.times // DAY).tolist() == [4, 9]
    assert days.event_weights is None


def test_numbers_order_a_table_and_are_no_moments():
    assert of_table([9, 4, 5]).times is None


@pytest.mark.parametrize(
    ("weight", "message"),
    [([1.0, -2.0, 1.0], "row 2: weight is -2.0"), (["a", "b", "c"], "row 1: weight is 'a'")],
)
def test_a_weight_that_is_none_is_named_with_its_row(weight, message):
    with pytest.raises(SourceError, match=message):
        of_table([1, 2, 3], weights=weight)


def test_lists_in_a_table_have_neither_times_nor_weights():
    table = pa.table({"i": [["tea"]], "w": [1.0]})
    with pytest.raises(UsageError, match="leave weight out, or give a table with a row an event"):
        questions_of_table(SHOP, table, item="i", weight="w")


def test_stored_embeddings_are_asked_by_age_and_weight_as_their_manifest_says():
    plane = [[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]]
    told = Provenance(config={"query": {"scoring": "in-in", "half_life": "7d", "weighted": True}})
    shop = Embeddings(["tent", "lamp", "poem", "novel"], plane, counts=[4] * 4, provenance=told)
    assert (ranker_of(shop).half_life, ranker_of(shop).weighted) == ("7d", True)

    def first(days, weights):
        times = pa.array(days, pa.int32()).cast(pa.date32())
        table = pa.table({"q": [1, 1], "i": ["tent", "novel"], "t": times, "w": weights})
        columns = {"query": "q", "item": "i", "time": "t", "weight": "w"}
        return x2vec.recommend(shop, table, k=1, **columns).item_id.to_pylist()

    assert first([0, 30], [1.0, 1.0]) == ["poem"]  # bought last, long after the tent
    assert first([0, 1], [5.0, 1.0]) == ["lamp"]  # the tent was liked
    with pytest.raises(UsageError, match=r"(?s)half_life = \"7d\".*weighted = true"):
        x2vec.recommend(shop, [["tent", "novel"]])
