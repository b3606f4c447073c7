"""Who says what they like, in the table of queries, is asked by it: batch exports of new people."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exporting import answers_of, exported, parts_of, write_kitchen

import x2vec
from x2vec.errors import ConfigError, SourceError, UsageError

KNOWN = pa.table({"kind": ["drink", "drink|white", "wash", "wash"], "year": [1, 2, 2, 3]})
ASKED = {"who": ["ann", "eve", "fay", "gus"], "likes": [["wash"], ["wash"], ["drink"], None]}
QUERIES = 'path = "people.parquet"\nquery = "who"\npreferences = { kind = "likes" }'


@pytest.fixture
def kitchen(tmp_path):
    write_kitchen(tmp_path, metadata=KNOWN)
    pq.write_table(pa.table(ASKED), tmp_path / "people.parquet")
    return tmp_path


def test_who_has_no_history_gets_what_is_liked_and_who_likes_nothing_what_is_popular(kitchen):
    report = exported(kitchen, queries=QUERIES)
    assert answers_of(kitchen / "out") == {
        "ann": (["sponge", "soap"], "model"),  # beside a cup of tea: sponge lies nearer to it
        "eve": (["soap", "sponge"], "preferences"),
        "fay": (["tea", "milk"], "preferences"),
        "gus": (["tea", "milk"], "popular"),
    }
    assert report.counts["answered_by_preferences"] == 2


def test_python_answers_the_same_from_the_same_columns(kitchen):
    exported(kitchen, queries=QUERIES)
    asked = pa.table({**ASKED, "what": pa.array([["tea"], [], [], []], pa.list_(pa.string()))})
    found = x2vec.recommend(
        x2vec.load(kitchen / "store"), asked, 2, query="who", item="what",
        preferences={"kind": "likes"}, fallback="popular",
    )  # fmt: skip
    (part,) = parts_of(kitchen / "out")
    assert pq.read_table(part).to_pylist() == found.to_arrow().to_pylist()


@pytest.mark.parametrize(
    ("likes", "column"),
    [
        (pa.array(["wash", "wash", "drink | white", " "]), "kind"),  # as a CSV holds it
        (pa.array([3, 3, 1, None]), "year"),
        (pa.array(["3", "3", "1", ""]), "year"),
        (pa.array([[3.0], [3.0], [1.0], []]), "year"),
        (pa.array(["wash", "wash", "drink", None]).dictionary_encode(), "kind"),
    ],
)
def test_what_is_liked_is_read_as_the_item_table_holds_it(kitchen, likes, column):
    pq.write_table(pa.table({"who": ASKED["who"], "likes": likes}), kitchen / "people.parquet")
    exported(kitchen, queries=QUERIES.replace("kind =", f"{column} ="), recommend="k = 1")
    best = {query: items[0] for query, (items, _) in answers_of(kitchen / "out").items()}
    assert best["eve"] == ("soap" if column == "kind" else "sponge")
    assert best["fay"] in ("tea", "milk")
    assert best["gus"] == "tea"


def test_runs_of_queries_keep_each_its_own(kitchen):
    names = [f"p{n:02}" for n in range(30)]
    likes = [["wash"] if n % 3 else ["drink"] for n in range(30)]
    shuffled = pa.table({"who": names[::-1], "likes": likes[::-1]})
    pq.write_table(shuffled, kitchen / "people.parquet")
    exported(kitchen, queries=QUERIES, output='path = "out"\nqueries_per_file = 7')
    found = {query: items[0] for query, (items, _) in answers_of(kitchen / "out").items()}
    assert found == {f"p{n:02}": "soap" if n % 3 else "tea" for n in range(30)}


def test_other_likings_are_another_export(kitchen):
    exported(kitchen, queries=QUERIES)
    assert exported(kitchen, queries=QUERIES).status == "unchanged"
    changed = {**ASKED, "likes": [["wash"], ["drink"], ["drink"], None]}
    pq.write_table(pa.table(changed), kitchen / "people.parquet")
    assert exported(kitchen, queries=QUERIES).status == "exported"


@pytest.mark.parametrize(
    ("likes", "preferences", "error", "says"),
    [
        ("wish", 'kind = "likes"', UsageError, "no item has kind = 'wish'. Did you mean 'wash'"),
        ("wash", 'knid = "likes"', UsageError, "keep no column 'knid'.*Did you mean 'kind'"),
        (
            "wash",
            'kind = "liked"',
            SourceError,
            "no column 'liked'.*Set preferences.kind = \"likes",
        ),
        ("wash", 'kind = "who"', ConfigError, "query and preferences.kind are both 'who'"),
    ],
)
def test_what_nobody_can_like_stops_before_anybody_is_answered(
    kitchen, likes, preferences, error, says
):
    people = pa.table({"who": ["ann", "eve"], "likes": ["wash", likes]})
    pq.write_table(people, kitchen / "people.parquet")
    with pytest.raises(error, match=says):
        exported(kitchen, queries=QUERIES.replace('kind = "likes"', preferences))
    assert not (kitchen / "out").exists()
