"""The verb: what comes next, within filters and limits, and who answers where the model cannot."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import x2vec
from x2vec.errors import ConfigError, UnknownItemError, UsageError
from x2vec.recommendation import EmbeddingRanker, Histories, ranker_of

ITEMS = ["tent", "stove", "lamp", "novel", "poem", "blank"]
KINDS = ["camp", "camp", "camp", "book", "book", None]
PRICES = [90.0, 40.0, 15.0, 12.0, None, 3.0]
COUNTS = [50, 40, 30, 20, 10, 1]


@pytest.fixture(scope="module")
def shop():
    """Camping along the first axis, books along the second; one item has no direction."""
    plane = [(1, 0), (0.9, 0.2), (0.8, 0.1), (0, 1), (0.1, 0.9), (0, 0)]
    metadata = pa.table({"kind": KINDS, "price": PRICES, "source": ["x"] * 6})
    return x2vec.Embeddings(ITEMS, plane, counts=COUNTS, metadata=metadata)


def by_query(found):
    lists = {}
    for row in found.to_arrow().to_pylist():
        lists.setdefault(row["query_id"], []).append(row["item_id"])
    return lists


def test_the_table_is_the_rankers_scores_in_order(shop):
    found = x2vec.recommend(shop, [["tent", "stove"], ["novel"]], k=2)
    frame = found.to_pandas()
    assert list(frame.columns) == ["query_id", "item_id", "rank", "score", "source"]
    assert frame["query_id"].tolist() == [0, 0, 1, 1]
    assert frame["item_id"].tolist() == ["lamp", "poem", "poem", "stove"]
    assert frame["rank"].tolist() == [1, 2, 1, 2]
    assert set(frame["source"]) == {"model"}
    scores = ranker_of(shop).scores(Histories.of([[0, 1], [3]], n_items=6))
    assert frame["score"].tolist() == pytest.approx([*scores[0, [2, 4]], *scores[1, [4, 1]]])


def test_what_was_seen_comes_back_only_where_asked_for(shop):
    found = x2vec.recommend(shop, [["tent"]], k=6, exclude_seen=False)
    assert by_query(found)[0][0] == "tent"
    assert "tent" not in by_query(x2vec.recommend(shop, [["tent"]], k=6))[0]


def test_the_verb_stays_the_verb_when_the_room_is_imported(shop):
    import x2vec.recommendation.top  # what would put the room in its place

    assert len(x2vec.recommend(shop, [["tent"]], k=1)) == 1


def test_it_goes_to_polars_and_duckdb_and_shows_scripts_as_text():
    evil = "<script>alert(1)</script>"
    metadata = pa.table({"title": [evil, "b"]})
    shop = x2vec.Embeddings([evil, "b"], np.eye(2) + 0.1, counts=[1, 1], metadata=metadata)
    found = x2vec.recommend(shop, {evil: ["b"], "<b>": []}, k=1)
    assert len(pl.DataFrame(found)) == len(pd.DataFrame.from_arrow(found)) == 1
    assert duckdb.sql("SELECT max(rank) FROM found").fetchall() == [(1,)]
    page = found.with_metadata()._repr_html_()
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page
    assert found.with_metadata().unanswered == ("<b>",)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from([*ITEMS, "ham"]), max_size=4), max_size=4),
    st.integers(1, 7),
    st.booleans(),
    st.sampled_from([None, "price < 20", "kind = 'book' OR count > 30", "price > 1000"]),
    st.none() | st.lists(st.sampled_from(ITEMS)),
    st.none() | st.lists(st.sampled_from(ITEMS)),
    st.sampled_from([0.0, 0.25]),
)
def test_filters_equal_brute_force(
    shop, histories, k, exclude_seen, where, allow, exclude, damping
):
    says = {
        None: lambda n: True,
        "price < 20": lambda n: PRICES[n] is not None and PRICES[n] < 20,
        "kind = 'book' OR count > 30": lambda n: KINDS[n] == "book" or COUNTS[n] > 30,
        "price > 1000": lambda n: False,
    }[where]
    found = x2vec.recommend(
        shop,
        histories,
        k,
        exclude_seen=exclude_seen,
        where=where,
        allow=allow,
        exclude=exclude,
        damping=damping,
    )
    expected = {}
    for query, history in enumerate(histories):
        rows = [ITEMS.index(item) for item in history if item != "ham"]
        asked = Histories.of([rows], n_items=6)
        if not ranker_of(shop).answers(asked)[0]:
            continue
        scores = ranker_of(shop).scores(asked)[0] - damping * np.log(COUNTS)
        left = [
            n
            for n, item in enumerate(ITEMS)
            if says(n)
            and (allow is None or item in allow)
            and item not in (exclude or [])
            and not (exclude_seen and item in history)
        ]
        expected[query] = {n: scores[n] for n in sorted(left, key=lambda n: -scores[n])}
    answers = by_query(found)
    for query, left in expected.items():
        mine = [ITEMS.index(item) for item in answers.get(query, [])]
        assert len(set(mine)) == len(mine)
        assert [left[n] for n in mine] == pytest.approx(list(left.values())[:k], abs=1e-5)
    assert found.unanswered == tuple(q for q in range(len(histories)) if not expected.get(q))


def test_unknown_items_are_told_and_what_nothing_is_known_of_is_unanswered(shop):
    histories = {"ann": ["tent", "ham", "ham"], "bob": ["rye"], "cid": [], "dan": ["blank"]}
    found = x2vec.recommend(shop, histories, k=1, exclude=["gone"])
    assert by_query(found) == {"ann": ["lamp"]}
    assert (found.unknown, found.n_unknown) == (("ham", "rye", "gone"), 3)
    assert found.unanswered == ("bob", "cid", "dan")
    assert repr(found).splitlines()[-2:] == [
        "unknown: 'ham', 'rye', 'gone'",
        "unanswered: 'bob', 'cid', 'dan'",
    ]
    with pytest.raises(UnknownItemError, match=r"No item 'tents' among 6\. Closest: 'tent'"):
        x2vec.recommend(shop, [["tents"]], unknown="error")
    with pytest.raises(UnknownItemError, match="No item 'gone'"):
        x2vec.recommend(shop, [["tent"]], allow=["gone"], unknown="error")


def test_filters_that_leave_nothing_leave_queries_unanswered(shop):
    found = x2vec.recommend(shop, [["tent"]], where="price > 1000", fallback="popular")
    assert len(found) == 0
    assert found.unanswered == (0,)
    assert found.to_arrow().schema.names == ["query_id", "item_id", "rank", "score", "source"]


def test_popular_items_stand_in_and_say_so(shop):
    histories = {"ann": ["tent"], "bob": [], "cid": ["blank"]}
    found = x2vec.recommend(shop, histories, k=2, fallback="popular", where="price < 50")
    assert found.to_arrow().to_pylist()[2:] == [
        {"query_id": q, "item_id": i, "rank": r, "score": s, "source": "popular"}
        for q in ("bob", "cid")
        for r, (i, s) in enumerate([("stove", 40.0), ("lamp", 30.0)], 1)
    ]
    assert found.unanswered == ()
    seen = x2vec.recommend(shop, {"cid": ["blank"]}, k=9, fallback="popular")
    assert by_query(seen)["cid"] == ITEMS[:-1]


def test_limits_hold_for_popular_items_and_damping_does_not_touch_them(shop):
    found = x2vec.recommend(
        shop, [[]], k=3, fallback="popular", max_per={"kind": 1}, damping=9, diversity=0.0
    )
    assert found.item_id.to_pylist() == ["tent", "novel", "blank"]
    assert found.score.to_pylist() == [50, 20, 1]


def test_items_that_are_popular_in_the_segment_come_first(shop):
    table = pa.table(
        {
            "who": [1, 2, 2, 3, 4, 5],
            "what": ["poem", "novel", "poem", None, None, None],
            "land": ["n", "n", "n", "n", "s", None],
        }
    )
    found = x2vec.recommend(
        shop,
        table,
        k=2,
        item="what",
        query="who",
        segment="land",
        fallback="segment-popular",
        allow=["novel", "poem", "tent"],
    )
    rows = [tuple(row.values()) for row in found.to_arrow().to_pylist() if row["query_id"] > 2]
    assert rows == [
        (3, "poem", 1, 2.0, "segment-popular"),  # twice in the histories of "n"
        (3, "novel", 2, 1.0, "segment-popular"),
        (4, "tent", 1, 50.0, "popular"),  # nobody in "s" has a history
        (4, "novel", 2, 20.0, "popular"),
        (5, "tent", 1, 50.0, "popular"),
        (5, "novel", 2, 20.0, "popular"),
    ]


def test_diversity_and_limits_mix_the_list(shop):
    plain = by_query(x2vec.recommend(shop, [["tent"]], k=2))[0]
    assert plain == ["lamp", "stove"]  # cosines 0.8/sqrt(0.65) = 0.992, 0.9/sqrt(0.85) = 0.976
    assert by_query(x2vec.recommend(shop, [["tent"]], k=2, diversity=0.0))[0] == plain
    apart = by_query(x2vec.recommend(shop, [["tent"]], k=2, diversity=1.0))[0]
    assert apart == ["lamp", "blank"]  # a vector of zeros is like nothing
    capped = x2vec.recommend(shop, [["tent"]], k=4, max_per={"kind": 1})
    assert capped.item_id.to_pylist() == ["lamp", "poem", "blank"]


def test_damping_takes_the_logarithm_of_the_count(shop):
    found = x2vec.recommend(shop, [["novel"]], k=5, damping=0.5)
    plain = x2vec.recommend(shop, [["novel"]], k=5).to_pandas().set_index("item_id").score
    for row in found.to_arrow().to_pylist():
        count = COUNTS[ITEMS.index(row["item_id"])]
        assert row["score"] == pytest.approx(plain[row["item_id"]] - 0.5 * np.log(count), abs=1e-6)
    assert found.item_id[0].as_py() == "blank"  # 0 - 0.5 * log(1)
    first = x2vec.recommend(shop, [["novel"]], k=1, damping=-9).item_id[0].as_py()
    assert COUNTS[ITEMS.index(first)] == max(COUNTS)


def test_histories_of_any_form_get_the_same_answers(shop):
    lists = {"ann": ["tent", "stove"], "bob": ["novel"]}
    table = pa.table({"who": ["ann", "ann", "bob"], "what": ["tent", "stove", "novel"]})
    expected = x2vec.recommend(shop, lists).table
    sequences = x2vec.Sequences.from_lists(lists.values(), ids=lists)
    assert x2vec.recommend(shop, sequences).table.equals(expected)
    assert x2vec.recommend(shop, table, query="who", item="what").table.equals(expected)
    assert x2vec.recommend(shop, lists, workers=3).table.equals(expected)


@pytest.mark.parametrize(
    ("histories", "options", "error", "message"),
    [
        ([["tent"]], {"k": 0}, ConfigError, "k must be a whole number from 1 on, not 0"),
        ([["tent"]], {"k": True}, ConfigError, "k must be"),
        ([["tent"]], {"k": 2.5}, ConfigError, "k must be"),
        ([["tent"]], {"diversity": 1.5}, ConfigError, "diversity must be a number from 0 to 1"),
        ([["tent"]], {"diversity": float("nan")}, ConfigError, "diversity must be .* not nan"),
        ([["tent"]], {"damping": float("nan")}, ConfigError, "damping must be .* not nan"),
        ([["tent"]], {"damping": "1"}, ConfigError, "damping must be a number, not '1'"),
        ([["tent"]], {"max_per": {"kind": 0}}, ConfigError, "max_per of 'kind' must be"),
        ([["tent"]], {"max_per": {"kin": 1}}, UsageError, "max_per: no column 'kin'"),
        ([["tent"]], {"pool": 0}, ConfigError, "pool must be"),
        ([["tent"]], {"fallback": "best"}, ConfigError, "fallback must be one of 'none', 'popul"),
        ([["tent"]], {"fallback": "segment-popular"}, UsageError, "needs a table of histories"),
        ([["tent"]], {"unknown": "drop"}, UsageError, "unknown is 'drop'"),
        ([["tent"]], {"where": "prize < 5"}, UsageError, "no column 'prize'; did you mean 'price'"),
        ([["tent"]], {"item": "what"}, UsageError, "item names a column of a table"),
        ([["tent"]], {"workers": 0}, UsageError, "workers"),
        ("tent", {}, UsageError, "got str; expected lists"),
        (["tent"], {}, UsageError, "number 0 is 'tent'"),
    ],
)
def test_wrong_calls_are_refused(shop, histories, options, error, message):
    with pytest.raises(error, match=message):
        x2vec.recommend(shop, histories, **options)


def test_a_table_without_its_source_is_refused(shop):
    table = x2vec.recommend(shop, [["tent"]]).table
    assert x2vec.Recommendations(table).source.to_pylist() == ["model"] * 5
    with pytest.raises(UsageError, match="expected source as the fifth"):
        x2vec.Recommendations(table.drop_columns(["source"]))


def test_all_that_is_out_of_bounds_is_told_at_once(shop):
    with pytest.raises(ConfigError) as caught:
        x2vec.recommend(shop, [["tent"]], k=0, diversity=2, damping="x")
    assert len(str(caught.value).splitlines()) == 3


def test_what_is_no_embeddings_is_refused():
    with pytest.raises(UsageError, match="got EmbeddingRanker; expected Embeddings"):
        x2vec.recommend(EmbeddingRanker(vectors=np.eye(2, dtype=np.float32)), [["tent"]])
