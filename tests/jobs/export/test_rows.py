"""The rows of an export: who is asked, what they get, from whom, and what is counted."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exporting import (
    HISTORIES,
    answers_of,
    exported,
    parts_of,
    rows_of,
    write_job,
    write_kitchen,
)

import x2vec
from x2vec.embeddings import Provenance
from x2vec.errors import DataError, NothingLeftError, SourceError, UsageError


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path)


def test_each_history_gets_what_is_nearest_and_an_unknown_one_what_is_popular(kitchen):
    report = exported(kitchen)
    assert answers_of(kitchen / "out") == {
        "ann": (["milk", "sponge"], "model"),
        "bob": (["milk", "tea"], "model"),
        "cy": (["tea", "milk"], "popular"),
        "dee": (["tea", "sponge"], "model"),
    }
    assert (report.status, report.queries, report.rows, report.partitions) == ("exported", 4, 8, 1)
    assert report.counts == {
        "rows_read": 5,
        "rows_set_aside": 0,
        "rows_left_out": 0,
        "events": 5,
        "items": 5,
        "items_unknown": 1,
        "histories_empty": 0,
        "events_of_unknown_items": 1,
        "histories_without_known_item": 1,
        "answered_by_model": 3,
        "answered_by_popular": 1,
        "unanswered": 0,
    }
    assert any("such as 'coffee'" in notice for notice in report.notices)


def test_scores_are_those_of_the_ranker_and_counts_for_what_is_popular(kitchen):
    exported(kitchen)
    scores = {(row["query_id"], row["item_id"]): row["score"] for row in rows_of(kitchen / "out")}
    assert scores["ann", "milk"] == pytest.approx(0.9 / np.hypot(0.9, 0.1))
    assert (scores["cy", "tea"], scores["cy", "milk"]) == (40, 30)


DATED = {
    "who": ["ann", "ann", "bob", "bob", "cy", "dee", "dee"],
    "what": ["soap", "tea", "tea", "soap", "rye", "soap", "soap"],
    "at": pa.array([20_030, 20_000, 20_001, 20_000, 20_000, 20_000, 20_090], pa.int32()).cast(
        pa.date32()
    ),
    "did": ["see", "buy", "see", "buy", "see", "see", "see"],
    "n": [1.0, 5.0, 1.0, 5.0, 1.0, 1.0, 1.0],
}
"""Ann saw soap long after she bought tea, Bob tea the day after he bought soap."""

AS_RATINGS = 'adapter = "ratings"\nuser = "who"\nrating = "n"\nas_weight = true'
AS_SESSIONS = """adapter = "sessions"
session = "who"
kind = "did"
weights = { see = 1.0, buy = 5.0 }
repeats = "collapse"
"""


@pytest.mark.parametrize("source", [AS_RATINGS, AS_SESSIONS], ids=["ratings", "sessions, cleaned"])
def test_the_age_and_weight_of_events_count_where_the_store_asks_by_them(tmp_path, source):
    query = {"scoring": "in-in", "half_life": "7d", "weighted": True}
    told = Provenance(config={"query": query})
    write_kitchen(tmp_path, orders=DATED, provenance=told)
    job = write_job(tmp_path, recommend="k = 1")
    histories = f'{source}\npath = "orders.parquet"\nitem = "what"\ntime = "at"\n'
    text = job.read_text("utf-8").replace(HISTORIES, f"\n[histories]\n{histories}")
    job.write_text(text, "utf-8")
    x2vec.export(job)

    found = {who: items for who, (items, _) in answers_of(tmp_path / "out").items()}
    assert found == {"ann": ["sponge"], "bob": ["sponge"], "cy": ["tea"], "dee": ["sponge"]}


def test_histories_without_what_the_store_asks_by_are_refused_before_they_are_answered(tmp_path):
    told = Provenance(config={"query": {"scoring": "in-in", "half_life": "7d"}})
    kitchen = write_kitchen(tmp_path, provenance=told)  # whose times are positions
    with pytest.raises(UsageError, match='half_life = "7d", which needs a time of each event'):
        exported(kitchen)
    assert not (kitchen / "out").exists()


def test_what_was_seen_may_come_again_where_the_job_says_so(kitchen):
    exported(kitchen, recommend="k = 1\nexclude_seen = false")
    assert answers_of(kitchen / "out")["ann"] == (["tea"], "model")


def test_without_a_fallback_unknown_histories_have_no_rows_and_are_counted(kitchen):
    report = exported(kitchen, recommend='k = 2\nfallback = "none"')
    assert "cy" not in answers_of(kitchen / "out")
    assert (report.queries, report.counts["unanswered"]) == (4, 1)


def test_a_table_of_queries_says_who_is_asked_about_also_without_a_history(kitchen):
    pq.write_table(pa.table({"id": ["zoe", "ann", None]}), kitchen / "who.parquet")
    report = exported(kitchen, queries='path = "who.parquet"\nquery = "id"')
    assert answers_of(kitchen / "out") == {
        "ann": (["milk", "sponge"], "model"),
        "zoe": (["tea", "milk"], "popular"),
    }
    counts = report.counts
    assert (counts["queries_without_id"], counts["histories_not_asked"]) == (1, 3)
    assert counts["histories_empty"] == 1


def test_a_segment_gets_what_its_own_histories_hold_most_then_what_is_popular(kitchen):
    who = {
        "id": ["ann", "bob", "cy", "dee", "eve", "fay", "gus"],
        "town": ["Rye", "Ely", "Ely", "Rye", "Ely", "Ware", None],
    }
    pq.write_table(pa.table(who), kitchen / "who.parquet")
    report = exported(
        kitchen,
        recommend='k = 3\nfallback = "segment-popular"',
        queries='path = "who.parquet"\nquery = "id"\nsegment = "town"',
    )
    got = answers_of(kitchen / "out")
    in_ely = ["soap", "sponge", "tea"]  # once each in Bob's history, by row; then the popular one
    assert got["cy"] == got["eve"] == (in_ely, "segment-popular")
    assert got["fay"] == got["gus"] == (["tea", "milk", "soap"], "popular")
    assert [row["score"] for row in rows_of(kitchen / "out") if row["query_id"] == "eve"] == [
        1,
        1,
        0,
    ]
    assert report.counts["answered_by_segment_popular"] == 2


def test_an_empty_history_is_asked_by_what_its_segment_does(kitchen):
    who = {"id": ["bob", "eve", "fay"], "town": ["Ely", "Ely", "Ware"]}
    pq.write_table(pa.table(who), kitchen / "who.parquet")
    report = exported(
        kitchen,
        recommend='k = 2\nexclude_seen = false\nsegment_mean = true\nfallback = "popular"',
        queries='path = "who.parquet"\nquery = "id"\nsegment = "town"',
    )
    got = answers_of(kitchen / "out")
    # Bob's history is all that Ely does, so Eve asks as he does
    assert got["eve"] == (got["bob"][0], "segment-mean")
    assert got["bob"][1] == "model"
    assert got["fay"] == (["tea", "milk"], "popular")
    assert report.counts["answered_by_segment_mean"] == 1


def test_fewer_items_than_k_are_fewer_rows(kitchen):
    exported(kitchen, recommend="k = 9")
    got = answers_of(kitchen / "out")
    assert [len(items) for items, _ in got.values()] == [3, 2, 4, 3]


def test_the_item_to_item_table_is_what_similar_says_for_each_item(kitchen):
    report = exported(kitchen, recommend=None, similar="k = 2")
    embeddings = x2vec.load(kitchen / "store")
    rows = [{k: v for k, v in row.items() if k != "source"} for row in rows_of(kitchen / "out")]
    assert rows == embeddings.similar(embeddings.items, k=2).to_arrow().to_pylist()
    assert {row["source"] for row in rows_of(kitchen / "out")} == {"similar"}
    assert report.rows == 8


def test_partitions_are_ranges_of_queries_in_their_order_and_change_no_row(kitchen):
    whole = exported(kitchen) and rows_of(kitchen / "out")
    report = exported(kitchen, output='path = "out"\nqueries_per_file = 3')
    assert report.partitions == 2
    parts = [pq.read_table(part)["query_id"].to_pylist() for part in parts_of(kitchen / "out")]
    assert parts == [["ann"] * 2 + ["bob"] * 2 + ["cy"] * 2, ["dee"] * 2]
    assert rows_of(kitchen / "out") == whole


def test_a_visitor_who_is_cut_into_sessions_is_asked_by_the_last_one(tmp_path):
    start, minute = 1_700_000_000_000_000, 60_000_000
    orders = {
        "who": ["ann", "ann", "bob"],
        "what": ["tea", "soap", "tea"],
        "at": pa.array([start, start + 90 * minute, start], pa.timestamp("us", "UTC")),
    }
    write_kitchen(tmp_path, orders)
    text = tmp_path / "job.toml"
    text.write_text(
        '[store]\npath = "store"\n[histories]\nadapter = "sessions"\npath = "orders.parquet"\n'
        'user = "who"\nitem = "what"\ntime = "at"\n[recommend]\nk = 1\n[output]\npath = "out"\n'
    )
    x2vec.export(text)
    assert answers_of(tmp_path / "out") == {
        "ann": (["sponge"], "model"),
        "bob": (["milk"], "model"),
    }


def test_baskets_of_a_real_model_get_what_the_verbs_in_python_say(tmp_path):
    from shop import write_shop

    from x2vec.corpus import Vocabulary
    from x2vec.recommendation import Histories, ranker_of, top_items

    x2vec.run(write_shop(tmp_path, n_baskets=200, evaluate=None))
    (tmp_path / "job.toml").write_text(
        '[store]\npath = "store"\n[histories]\nadapter = "baskets"\npath = "orders.parquet"\n'
        'sequence = "basket_id"\nitem = "product_id"\n[recommend]\nk = 4\n[output]\npath = "out"\n'
    )
    x2vec.export(tmp_path / "job.toml")
    embeddings = x2vec.load(tmp_path / "store")
    baskets = x2vec.read(
        "baskets", tmp_path / "orders.parquet", sequence="basket_id", item="product_id"
    )
    vocabulary = Vocabulary(embeddings.items, embeddings.counts)
    rows = vocabulary.rows(baskets.items.take(pa.array(baskets.codes)))
    histories = Histories(np.asarray(rows), baskets.offsets, n_items=len(embeddings))
    found = top_items(ranker_of(embeddings), histories, 4)
    written = pa.Table.from_pylist(rows_of(tmp_path / "out"))
    assert written["item_id"].to_pylist() == embeddings.items.take(pa.array(found.rows)).to_pylist()
    assert np.array_equal(np.asarray(written["score"], np.float32), found.scores)
    assert written["query_id"].to_pylist() == np.repeat(baskets.ids, found.counts).tolist()


def test_a_store_that_holds_none_of_the_items_is_refused_with_both_kinds_named(tmp_path):
    write_kitchen(tmp_path, items=[1, 2, 3, 4])
    with pytest.raises(DataError, match="holds none of the 5 items: they are string, such as"):
        exported(tmp_path)
    assert not (tmp_path / "out").exists()


def test_nobody_to_ask_about_is_told(tmp_path):
    text = pa.string()
    none = {"who": pa.array([], text), "what": pa.array([], text), "at": pa.array([], pa.int64())}
    with pytest.raises(NothingLeftError, match=r"\[histories\] holds no events"):
        exported(write_kitchen(tmp_path, none))


def test_a_query_twice_in_its_table_is_refused(kitchen):
    pq.write_table(pa.table({"id": ["ann", "bob", "ann"]}), kitchen / "who.parquet")
    with pytest.raises(SourceError, match="1 ids stand in the table more than once, such as 'ann'"):
        exported(kitchen, queries='path = "who.parquet"\nquery = "id"')


def test_queries_of_another_type_than_the_histories_are_refused(kitchen):
    pq.write_table(pa.table({"id": [1, 2]}), kitchen / "who.parquet")
    with pytest.raises(DataError, match="'id' is int64, such as 1; the sequences of the histories"):
        exported(kitchen, queries='path = "who.parquet"\nquery = "id"')


def test_queries_without_any_histories_all_get_the_fallback(tmp_path):
    text = pa.string()
    none = {"who": pa.array([], text), "what": pa.array([], text), "at": pa.array([], pa.int64())}
    write_kitchen(tmp_path, none)
    pq.write_table(pa.table({"id": ["ann"]}), tmp_path / "who.parquet")
    exported(tmp_path, queries='path = "who.parquet"\nquery = "id"')
    assert answers_of(tmp_path / "out") == {"ann": (["tea", "milk"], "popular")}


def test_filters_and_mixing_are_those_of_recommend_and_hold_for_the_fallback_too(tmp_path):
    kinds = pa.table({"kind": ["drink", "drink", "wash", "wash"]})
    write_kitchen(tmp_path, metadata=kinds)
    exported(tmp_path, recommend="k = 2\nwhere = \"kind = 'wash'\"")
    got = answers_of(tmp_path / "out")
    assert got["ann"] == (["sponge", "soap"], "model")
    assert got["cy"] == (["soap", "sponge"], "popular")
    exported(tmp_path, recommend='k = 4\nmax_per = { kind = 1 }\nexclude = ["soap"]')
    assert answers_of(tmp_path / "out")["cy"] == (["tea", "sponge"], "popular")
    exported(tmp_path, recommend=None, similar="k = 2\nwhere = \"kind = 'wash'\"")
    assert answers_of(tmp_path / "out")["tea"] == (["sponge", "soap"], "similar")


def test_a_condition_that_is_none_is_refused_before_anything_is_read(kitchen):
    (kitchen / "orders.parquet").unlink()
    with pytest.raises(UsageError, match="kind"):
        exported(kitchen, recommend="where = \"kind = 'wash'\"")


def test_unknown_items_of_a_list_are_told(kitchen):
    report = exported(kitchen, recommend='exclude = ["soap", "soda"]')
    assert "allow and exclude name 1 unknown items, such as 'soda'" in report.notices


def test_complements_and_substitutes_of_each_item_are_those_of_the_verbs(tmp_path):
    carts = [["tea", "milk"], ["tea", "sugar"], ["coffee", "milk"], ["coffee", "sugar"]] * 20
    embeddings = x2vec.train(x2vec.Sequences.from_lists(carts, ordered=False), seed=1)
    x2vec.publish(embeddings, tmp_path / "store")
    for view in ("complements", "substitutes"):
        exported(tmp_path, recommend=None, similar=f'view = "{view}"\nk = 2')
        rows = [
            {k: v for k, v in row.items() if k != "source"} for row in rows_of(tmp_path / "out")
        ]
        expected = getattr(x2vec, view)(embeddings, embeddings.items, 2).to_arrow()
        assert rows == expected.to_pylist()


def test_a_store_without_evidence_has_no_complements_and_says_so(kitchen):
    with pytest.raises(UsageError, match="evidence"):
        exported(kitchen, recommend=None, similar='view = "complements"')
    assert not (kitchen / ".out.export").exists()
