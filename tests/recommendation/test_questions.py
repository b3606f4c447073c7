"""Histories of any form become the same questions; what is unknown is counted and named."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from x2vec.corpus import Sequences
from x2vec.embeddings import Embeddings
from x2vec.errors import SourceError, UnknownItemError, UsageError
from x2vec.recommendation import Questions, questions_of_table

SHOP = Embeddings(["tea", "jam", "pot"], np.eye(3), counts=[3, 2, 1])
NUMBERED = Embeddings([30, 10, 20], np.eye(3), counts=[3, 2, 1])


def told(questions):
    """Return the lists of rows by query, as pairs, for a query may stand twice."""
    histories = questions.histories
    cuts = np.split(histories.rows, histories.offsets[1:-1]) if len(questions) else []
    return list(zip(questions.ids.to_pylist(), [cut.tolist() for cut in cuts], strict=True))


EXPECTED = [("ann", [1, 0, 1]), ("bob", []), ("cid", [2])]
LISTS = {"ann": ["jam", "tea", "jam"], "bob": ["ham"], "cid": ["pot", "ham", "rye"]}


def long_table():
    """The same, a row an event; the times, not the rows, are in order."""
    return pa.table(
        {
            "who": ["ann", "bob", "ann", "cid", "cid", "ann", "cid"],
            "what": ["jam", "ham", "jam", "pot", "rye", "tea", "ham"],
            "at": pa.array([9, 1, 1, 1, 3, 2, 2], pa.timestamp("us")),
            "where": ["n", None, "s", "s", "s", "n", "s"],
        }
    )


def test_a_mapping_names_its_queries_and_the_unknown_are_counted():
    questions = Questions.of(SHOP, LISTS)
    assert told(questions) == EXPECTED
    assert (questions.unknown, questions.n_unknown) == (("ham", "rye"), 3)


def test_lists_are_numbered():
    questions = Questions.of(SHOP, LISTS.values())
    assert told(questions) == [(n, rows) for n, (_, rows) in enumerate(EXPECTED)]
    arrays = [np.array(["jam", "tea"]), pa.array(["pot"]), ("tea",), pd.Series(["jam"])]
    assert told(Questions.of(SHOP, arrays)) == [(0, [1, 0]), (1, [2]), (2, [0]), (3, [1])]
    numbers = [np.array([10, 20]), [np.int64(30)], []]
    assert told(Questions.of(NUMBERED, numbers)) == [(0, [1, 2]), (1, [0]), (2, [])]
    assert told(Questions.of(SHOP, [])) == []


def test_sequences_keep_their_ids():
    sequences = Sequences.from_lists(LISTS.values(), ids=LISTS)
    assert told(Questions.of(SHOP, sequences)) == EXPECTED


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame, pl.DataFrame])
def test_a_table_may_hold_a_row_an_event_or_a_list_a_query(make):
    long = make(long_table().to_pydict())
    questions = questions_of_table(SHOP, long, item="what", query="who", time="at")
    assert told(questions) == EXPECTED
    assert (questions.unknown, questions.n_unknown) == (("ham", "rye"), 3)
    in_order = questions_of_table(SHOP, long, item="what", query="who")
    assert told(in_order)[0] == ("ann", [1, 1, 0])
    lists = make({"who": list(LISTS), "what": list(LISTS.values())})
    assert told(questions_of_table(SHOP, lists, item="what", query="who")) == EXPECTED
    assert told(questions_of_table(SHOP, lists, item="what"))[2] == (2, [2])


def test_lists_that_are_null_or_hold_nulls_lose_them():
    table = pa.table({"what": [["tea", None], None, [], ["", "jam"]]})
    questions = questions_of_table(SHOP, table, item="what")
    assert told(questions) == [(0, [0]), (1, []), (2, []), (3, [1])]
    assert (questions.unknown, questions.n_unknown) == ((None,), 2)


def test_the_first_segment_of_a_query_counts():
    questions = questions_of_table(
        SHOP, long_table(), item="what", query="who", time="at", segment="where"
    )
    assert questions.segments.to_pylist() == ["n", None, "s"]
    lists = pa.table({"what": [["tea"], []], "where": ["n", "s"]})
    assert questions_of_table(SHOP, lists, item="what", segment="where").segments.to_pylist() == [
        "n",
        "s",
    ]


def test_rows_of_one_time_stay_in_their_order():
    table = pa.table({"q": [1, 1, 1], "i": ["pot", "tea", "jam"], "t": [5.5, 5.5, 0.25]})
    assert told(questions_of_table(SHOP, table, item="i", query="q", time="t")) == [(1, [1, 2, 0])]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("tea", "got str; expected lists of items"),
        (7, "got int; expected lists of items"),
        (["tea", "jam"], r"the one number 0 is 'tea', of type str; .* One history is \[\[...\]\]"),
        ([["tea"], 5], "the one number 1 is '5', of type int"),
        ([{"tea": 1}], "of type dict"),
        ({"ann": "tea"}, "the one of query 'ann' is 'tea'"),
        ({None: ["tea"]}, "a key is None"),
    ],
)
def test_what_is_no_list_of_lists_is_refused(asked, message):
    with pytest.raises(UsageError, match=message):
        Questions.of(SHOP, asked)


def test_ids_of_another_type_than_the_items_are_an_error_not_all_unknown():
    with pytest.raises(UnknownItemError, match=r"No item '10': items are integers here.*mean 10"):
        Questions.of(NUMBERED, [["10"]])
    with pytest.raises(UnknownItemError, match="No item 7: items are text here"):
        Questions.of(SHOP, [[7]])
    with pytest.raises(SourceError, match=r"is 1\.5; ids are text or whole"):
        Questions.of(NUMBERED, [[1.5]])
    assert told(Questions.of(NUMBERED, [[10.0, float("nan"), None]])) == [(0, [1])]


TABLE = pa.table({"who": [1, None], "what": ["tea", "jam"], "at": ["x", "y"], "n": [1.0, None]})


@pytest.mark.parametrize(
    ("table", "columns", "error", "message"),
    [
        (TABLE, {}, UsageError, "a table needs names of columns"),
        (TABLE, {"item": "what"}, UsageError, "name the column that says whose it is"),
        (TABLE, {"item": "wat", "query": "who"}, SourceError, "no column 'wat'; found 'who'"),
        (TABLE, {"item": "what", "query": "who"}, SourceError, "1 of 2 rows have no who.*row 2"),
        (TABLE, {"item": "what", "query": "what", "time": "at"}, SourceError, "at is of type str"),
        (TABLE, {"item": "what", "query": "what", "time": "n"}, SourceError, "1 of 2 rows have no"),
        (
            pa.table({"what": [["tea"]], "at": [1]}),
            {"item": "what", "time": "at"},
            UsageError,
            "leave time out",
        ),
    ],
)
def test_tables_that_do_not_tell_their_histories_are_refused(table, columns, error, message):
    with pytest.raises(error, match=message):
        questions_of_table(SHOP, table, **{"item": None} | columns)


def test_dates_order_rows():
    days = [dt.date(2024, 1, 2), dt.date(2024, 1, 1)]
    table = pa.table({"q": [1, 1], "i": ["tea", "jam"], "t": days})
    assert told(questions_of_table(SHOP, table, item="i", query="q", time="t")) == [(1, [1, 0])]
