"""Ratings: MovieLens' own files with nothing set, a threshold whose losses are counted, titles."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from x2vec.adapters import open_events
from x2vec.adapters.ratings import RatingsAdapter, RatingsOptions
from x2vec.corpus import assemble
from x2vec.errors import SourceError, UsageError
from x2vec.testing import check_adapter

HEADER = "userId,movieId,rating,timestamp\n"
TIMES = [964982703, 964981247, 964982224, 964983815]
CSV = HEADER + f"1,1,4.0,{TIMES[0]}\n1,3,3.5,{TIMES[1]}\n2,1,,{TIMES[2]}\n2,6,5,{TIMES[3]}\n"
DAT = "".join(f"{line}\n".replace(",", "::") for line in CSV.splitlines()[1:])


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return str(path)


def events_of(path, share=0.01, **options):
    events = open_events("ratings", {"path": path, **options}, max_missing_share=share)
    return events, [row for batch in events for row in batch.to_pylist()]


def pairs(rows):
    return [(row["sequence_id"], row["item_id"]) for row in rows]


ALL = [("1", "1"), ("1", "3"), ("2", "1"), ("2", "6")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("ratings.csv", CSV), ("ratings.dat", DAT), ("RATINGS.DAT", DAT), ("ratings.dat.gz", DAT)],
)
def test_the_files_of_movielens_are_read_with_nothing_set(tmp_path, name, text):
    path = tmp_path / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    events, rows = events_of(str(path))
    assert pairs(rows) == ALL
    assert [round(row["time"].timestamp()) for row in rows] == TIMES
    assert (events.rows_read, events.left_out, events.set_aside) == (4, {}, {})
    check_adapter(RatingsAdapter, RatingsOptions(str(path)), expected_rows=4)
    check_adapter(RatingsAdapter, RatingsOptions(str(path), threshold=4), expected_rows=2)


def test_the_tabs_of_movielens_100k_take_four_options(tmp_path):
    path = written(tmp_path / "u.data", DAT.replace("::", "\t"))
    form = {"format": "csv", "delimiter": "\t"}
    header = ["userId", "movieId", "rating", "timestamp"]
    assert pairs(events_of(path, **form, header=header)[1]) == ALL


def test_a_user_s_items_stand_in_order_of_time(tmp_path):
    path = written(tmp_path / "ratings.csv", CSV)
    sequences = assemble(open_events("ratings", {"path": path}))
    assert [sequences.items[code].as_py() for code in sequences.codes] == ["3", "1", "1", "6"]
    assert sequences.ordered


def test_what_is_below_the_threshold_is_counted_and_so_is_a_row_without_a_rating(tmp_path):
    events, rows = events_of(written(tmp_path / "ratings.csv", CSV), threshold=4)
    assert pairs(rows) == [("1", "1"), ("2", "6")]
    assert events.left_out == {"rating is empty": 1, "rating below 4": 1}
    assert events.rows_read == len(rows) + sum(events.left_out.values())
    assert events.set_aside == {}


def test_a_rating_at_the_threshold_stays(tmp_path):
    events, rows = events_of(written(tmp_path / "ratings.csv", CSV), threshold=3.5)
    assert pairs(rows) == [("1", "1"), ("1", "3"), ("2", "6")]
    assert events.left_out == {"rating is empty": 1}


def test_a_threshold_that_nothing_reaches_leaves_the_counts(tmp_path):
    events, rows = events_of(written(tmp_path / "ratings.csv", CSV), threshold=5.5)
    assert rows == []
    assert events.left_out == {"rating is empty": 1, "rating below 5.5": 3}
    assert assemble(events).ledger.rows_in == 4


def test_the_ledger_names_what_was_left_out(tmp_path):
    path = written(tmp_path / "ratings.csv", CSV)
    ledger = assemble(open_events("ratings", {"path": path, "threshold": 4})).ledger
    assert [(r.reason, r.rows) for r in ledger.removals] == [
        ("rating is empty", 1),
        ("rating below 4", 1),
    ]
    assert (ledger.rows_in, ledger.rows_out) == (4, 2)


def test_without_a_threshold_a_row_without_a_rating_is_an_event(tmp_path):
    path = written(tmp_path / "ratings.csv", CSV)
    events, rows = events_of(path, as_weight=True)
    assert [row["weight"] for row in rows] == [4.0, 3.5, None, 5.0]
    assert events.left_out == {}


def test_weights_stay_beside_their_events_when_others_leave(tmp_path):
    _, rows = events_of(written(tmp_path / "ratings.csv", CSV), as_weight=True, threshold=4)
    assert [(row["item_id"], row["weight"]) for row in rows] == [("1", 4.0), ("6", 5.0)]


@pytest.mark.parametrize("found", ["great", "4,5", "4.5.6", "inf", "-1e999"])
def test_a_rating_that_is_no_number_names_its_row(tmp_path, found):
    path = written(tmp_path / "ratings.csv", CSV + f'3,1,"{found}",{TIMES[0]}\n')
    with pytest.raises(
        SourceError, match=r"ratings\.csv, row 5: the rating is .*expected a number"
    ):
        events_of(path)


def test_a_column_of_the_wrong_type_is_no_rating(tmp_path):
    table = pa.table({"userId": [1], "movieId": [2], "rating": [[4]], "timestamp": TIMES[:1]})
    with pytest.raises(SourceError, match=r"the ratings are of type list<.*expected numbers"):
        events_of(table)


def test_nan_and_null_ratings_of_tables_are_missing():
    frame = pd.DataFrame(
        {
            "userId": [1, 1, 2],
            "movieId": [1, 2, 3],
            "rating": [4.0, np.nan, 2.0],
            "timestamp": TIMES[:3],
        }
    )
    events, rows = events_of(frame, threshold=3)
    assert pairs(rows) == [(1, 1)]
    assert events.left_out == {"rating is null": 1, "rating below 3": 1}
    ratings = pa.array([4.0, float("nan"), None])
    table = pa.table(frame).set_column(2, "rating", ratings)
    events, _ = events_of(table, threshold=3)
    assert events.left_out == {"rating is null": 1, "rating is NaN": 1}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("whole", pa.array([4, 3, 5], pa.int8())),
        ("decimal", pa.array([4, 3, 5]).cast(pa.decimal128(21, 2))),
        ("dictionary", pa.array(["4", "3", " 5 "]).dictionary_encode()),
        ("truth", pa.array([True, False, True])),
    ],
)
def test_ratings_are_numbers_however_they_are_stored(kind, values):
    table = pa.table({"userId": ["a"] * 3, "movieId": ["x", "y", "z"], "rating": values})
    _, rows = events_of(table, time="", threshold=1 if kind == "truth" else 4)
    assert pairs(rows) == [("a", "x"), ("a", "z")]


def test_json_lines_may_mix_numbers_and_text(tmp_path):
    lines = [f'{{"userId": 1, "movieId": {n}, "rating": {r}}}' for n, r in ((1, 5), (2, '"4"'))]
    _, rows = events_of(written(tmp_path / "a.jsonl", "\n".join(lines)), time="", threshold=4)
    assert pairs(rows) == [(1, 1), (1, 2)]


def test_other_columns_take_their_names_and_none_is_needed_beside_the_two(tmp_path):
    path = written(tmp_path / "stars.csv", "reader,book\nann,b1\n")
    named = {"user": "reader", "item": "book", "rating": "", "time": ""}
    assert pairs(events_of(path, **named)[1]) == [("ann", "b1")]
    with pytest.raises(SourceError) as told:
        events_of(path)
    assert "no column 'userId' and no column 'movieId'" in str(told.value)
    with pytest.raises(SourceError, match=r'no column \'userId\'.*Set user = "reviewer_id"'):
        events_of(written(tmp_path / "b.csv", "reviewer_id,movieId,rating,timestamp\n"))


def test_a_row_that_the_border_refuses_is_named_though_others_were_left_out(tmp_path):
    text = HEADER + "1,1,5,964982703\n1,2,1,964982703\n1,3,1,964982703\n1,4,5,9649827030000000\n"
    with pytest.raises(SourceError, match=r"ratings\.csv, row 4: time"):
        events_of(written(tmp_path / "ratings.csv", text), threshold=4, time_unit="s")


def test_rows_without_a_user_an_item_or_a_time_are_set_aside_and_counted(tmp_path):
    text = CSV + ",1,5,964982703\n9,,5,964982703\n9,1,5,\n"
    events, rows = events_of(written(tmp_path / "ratings.csv", text), share=1, threshold=4)
    assert len(rows) == 2
    assert events.set_aside == {
        "sequence_id is empty": 1, "item_id is empty": 1, "time is empty": 1,
    }  # fmt: skip
    assert events.rows_read == 7 == len(rows) + 3 + sum(events.left_out.values())


def test_a_quarter_of_a_million_rows_are_read_in_flat_batches(tmp_path):
    n = 250_000
    ids, stars = np.arange(n), np.arange(n) % 5 + 1
    table = pa.table({"userId": ids // 9, "movieId": ids % 97, "rating": stars, "timestamp": ids})
    pq.write_table(table, tmp_path / "r.parquet")
    events = open_events(
        "ratings", {"path": str(tmp_path / "r.parquet"), "threshold": 4, "time_unit": "position"}
    )
    assert [batch.num_rows for batch in events] == [40_000, 40_000, 20_000]
    assert events.left_out == {"rating below 4": n * 3 // 5}


def test_titles_and_genres_are_the_item_table(tmp_path):
    path = written(tmp_path / "ratings.csv", CSV)
    text = 'movieId,title,genres\n1,Toy Story (1995),Adventure|Animation\n3,"Rains, The",Drama\n'
    titles = written(tmp_path / "movies.csv", text)
    table = RatingsAdapter().items(RatingsOptions(path, titles=titles))
    assert table.to_pylist() == [
        {"item_id": "1", "title": "Toy Story (1995)", "genres": "Adventure|Animation"},
        {"item_id": "3", "title": "Rains, The", "genres": "Drama"},
    ]
    assert RatingsAdapter().items(RatingsOptions(path)) is None


def test_titles_of_dat_files_are_latin_1_and_unquoted(tmp_path):
    path = written(tmp_path / "ratings.dat", DAT)
    text = '1::Misérables, Les (1995)::Drama|Musical\n2::"Great Performances" Cats::Musical\n'
    titles = written(tmp_path / "movies.dat", text, "latin-1")
    table = RatingsAdapter().items(RatingsOptions(path, titles=titles))
    assert table.to_pylist()[0] == {
        "item_id": "1", "title": "Misérables, Les (1995)", "genres": "Drama|Musical",
    }  # fmt: skip
    assert table["title"][1].as_py() == '"Great Performances" Cats'
    named = RatingsOptions(path, titles=titles, header=["userId", "movieId", "rating", "timestamp"])
    assert RatingsAdapter().items(named).equals(table)


def test_titles_without_the_column_of_ids_say_what_to_set(tmp_path):
    titles = written(tmp_path / "movies.csv", "id,title\n1,a\n")
    with pytest.raises(SourceError, match=r"movies\.csv: no column 'movieId'; found 'id', 'title'"):
        RatingsAdapter().items(RatingsOptions("ratings.csv", titles=titles))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": float("nan")}, "threshold is nan; expected a number"),
        ({"item": "userId"}, "user = 'userId', item = 'userId'.*each must be a column of its own"),
        ({"user": ""}, "user is empty"),
        ({"rating": "", "threshold": 4}, "threshold needs ratings"),
        ({"rating": "", "as_weight": True}, "as_weight needs ratings"),
        ({"format": "dat"}, "format: expected one of"),
        ({"time_unit": "h"}, "time_unit: expected one of"),
        ({"delimiter": ""}, "delimiter: expected"),
    ],
)
def test_options_out_of_bounds_are_told(options, message):
    with pytest.raises(UsageError, match=message):
        RatingsOptions("ratings.csv", **options)


@pytest.mark.parametrize("cut", [0.5, 0.99])
def test_a_truncated_file_is_named(tmp_path, cut):
    data = gzip.compress((HEADER + CSV.split("\n", 1)[1] * 5000).encode())
    path = Path(tmp_path / "ratings.csv.gz")
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(SourceError, match=r"ratings\.csv\.gz: a damaged or truncated gzip file"):
        events_of(str(path))


def test_a_file_without_ratings_gives_none(tmp_path):
    assert events_of(written(tmp_path / "a.csv", ""))[1] == []
    assert events_of(written(tmp_path / "b.csv", HEADER))[1] == []
    assert events_of(written(tmp_path / "c.dat", ""))[1] == []
