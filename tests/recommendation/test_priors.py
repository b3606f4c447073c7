"""People with little history: what they prefer, and what their segment does, beside it."""

import numpy as np
import pyarrow as pa
import pytest

import x2vec
from x2vec.embeddings import Provenance
from x2vec.errors import ConfigError, UsageError
from x2vec.recommendation.preferences import listed

GENRES = ("Comedy", "Drama", "War")


@pytest.fixture(scope="module")
def films():
    """Films of a genre lie about a direction of their own; the third is the most popular."""
    draws = np.random.default_rng(0)
    middles = np.eye(3, 6)
    kinds = np.repeat(np.arange(3), 20)
    vectors = middles[kinds] + draws.normal(0, 0.05, (60, 6))
    names = [f"{GENRES[kind]} {n:02}" for n, kind in enumerate(kinds)]
    counts = np.where(kinds == 2, 90, 30)
    also = ["|Classic" if n % 20 == 0 else "" for n in range(60)]
    table = pa.table({
        "genres": [GENRES[kind] + more for kind, more in zip(kinds, also, strict=True)],
        "tags": [[GENRES[kind].lower(), "film"] for kind in kinds],
        "year": [1990 + int(kind) for kind in kinds],
    })  # fmt: skip
    return x2vec.Embeddings(names, vectors, counts=counts, metadata=table)


def kinds_of(found, query):
    table = found.table.to_pandas()
    return {item.split()[0] for item in table[table.query_id == query].item_id}


def test_who_declares_a_taste_gets_it(films):
    liked = {"ann": {"genres": ["Comedy"]}, "bob": {"tags": "drama"}, "cid": {"year": 1992}}
    found = x2vec.recommend(
        films, {"ann": [], "bob": [], "cid": [], "dan": []}, k=9, preferences=liked,
        fallback="popular",
    )  # fmt: skip
    assert kinds_of(found, "ann") == {"Comedy"}
    assert kinds_of(found, "bob") == {"Drama"}
    assert kinds_of(found, "cid") == {"War"}
    sources = dict(zip(found.query_id.to_pylist(), found.source.to_pylist(), strict=True))
    assert sources == {
        "ann": "preferences", "bob": "preferences", "cid": "preferences", "dan": "popular",
    }  # fmt: skip


def test_a_history_outweighs_a_preference_from_as_many_events_on_as_it_is_worth(films):
    clicked = [name for name in films if name.startswith("War")]
    for n, kind in ((1, "Comedy"), (3, "War")):
        found = x2vec.recommend(
            films, {"ann": clicked[:n]}, k=9, preferences={"ann": {"genres": "Comedy"}},
            prior_events=2,
        )  # fmt: skip
        # one click of two and a half is a third of the way; three are three fifths
        assert kinds_of(found, "ann") == {kind}
        assert set(found.source.to_pylist()) == {"model"}


def test_a_query_without_preferences_is_asked_as_before(films):
    histories = {"ann": ["War 41"], "bob": ["Comedy 03", "Drama 22"]}
    plain = x2vec.recommend(films, histories, k=5)
    found = x2vec.recommend(films, histories, k=5, preferences={"ann": {"genres": "Drama"}})
    both = [one.table.to_pandas() for one in (plain, found)]
    one, other = (table[table.query_id == "bob"].reset_index(drop=True) for table in both)
    assert one.equals(other)


def test_a_value_of_several_written_as_one_text_is_found(films):
    found = x2vec.recommend(films, {"ann": []}, k=3, preferences={"ann": {"genres": "Classic"}})
    # the mean of one film of each genre
    assert len(found) == 3


def test_a_value_is_read_as_the_column_holds_it():
    held = {
        "is_new": pa.array([True, False]),
        "price": pa.array([1.0, 2.5], pa.float32()),
        "year": [1990, 1991],
        "kind": pa.array(["tea", "soap"]).dictionary_encode(),
        "pair": pa.array([["tea", "hot"], ["soap", "wet"]], pa.list_(pa.string(), 2)),
        "day": pa.array([19_000, 19_001], pa.int32()).cast(pa.date32()),
    }
    shop = x2vec.Embeddings(["a", "b"], np.eye(2), counts=[3, 3], metadata=pa.table(held))
    asked = {
        "is_new": (True, [False]), "price": (1, pa.array([2.5])), "year": (1990.0, {1991}),
        "kind": ("tea", np.array(["soap"])), "pair": ("hot", "wet"), "day": ("2022-01-08", None),
    }  # fmt: skip
    for column, (one, other) in asked.items():
        liked = {0: {column: one}} | ({1: {column: other}} if other is not None else {})
        found = x2vec.recommend(shop, [[], []], k=1, preferences=liked)
        assert found.item_id.to_pylist() == ["a", "b"][: len(liked)], column


def test_a_table_of_histories_brings_what_its_first_rows_say_is_liked(films):
    table = pa.table({
        "who": ["a", "b", "a", "c"],
        "what": [None, None, "War 41", None],
        "likes": ["Comedy", "Drama | Classic", "War", None],
        "years": pa.array([[], [1991], [1992], None], pa.list_(pa.int64())),
    })  # fmt: skip
    found = x2vec.recommend(
        films, table, k=9, query="who", item="what", prior_events=99,
        preferences={"genres": "likes", "year": "years"},
    )  # fmt: skip
    assert (kinds_of(found, "a"), kinds_of(found, "b")) == ({"Comedy"}, {"Drama"})
    assert found.unanswered == ("c",)


def test_all_values_of_a_table_that_no_item_has_are_told_at_once(films):
    table = pa.table({"who": [1, 2], "what": [[], ["War 41"]], "likes": ["Wars", "Comdey|War"]})
    with pytest.raises(UsageError) as caught:
        x2vec.recommend(films, table, query="who", item="what", preferences={"genres": "likes"})
    assert [line.split(".")[1] for line in str(caught.value).splitlines()] == [
        " Did you mean 'War'?", " Did you mean 'Comedy'?",
    ]  # fmt: skip


def test_two_queries_of_one_id_prefer_alike(films):
    table = pa.table({"who": ["a", "a"], "what": pa.array([[], []], pa.list_(pa.string()))})
    found = x2vec.recommend(
        films, table, k=2, query="who", item="what", preferences={"a": {"genres": "War"}}
    )
    assert len(found) == 4
    assert not found.unanswered


def test_an_event_of_weight_0_does_not_make_a_prior_count_less():
    about = Provenance(config={"query": {"scoring": "in-out", "prior": 0.0, "weighted": True}})
    kinds = pa.table({"kind": ["tea", "soap"]})
    shop = x2vec.Embeddings(
        ["a", "b"], np.eye(2), counts=[3, 3], context_vectors=np.eye(2), metadata=kinds,
        provenance=about,
    )  # fmt: skip
    table = pa.table({"who": [1, 1, 2, 2], "what": ["b", "b", "z", "z"], "weight": [0, 0, 1, 1]})
    found = x2vec.recommend(
        shop, table, k=1, query="who", item="what", weight="weight", exclude_seen=False,
        preferences={1: {"kind": "tea"}, 2: {"kind": "tea"}},
    )  # fmt: skip
    assert found.item_id.to_pylist() == ["a", "a"]
    assert found.score.to_pylist() == [1.0, 1.0]  # as of those who have no history at all


def test_who_has_no_history_gets_what_the_segment_does(films):
    table = pa.table({
        "who": ["a", "b", "b", "c", "d", "e"],
        "what": ["Drama 21", "Drama 22", "Drama 23", None, None, "War 41"],
        "where": ["north", "north", "north", "north", "south", None],
    })  # fmt: skip
    found = x2vec.recommend(
        films, table, k=9, query="who", item="what", segment="where", segment_mean=True,
        fallback="popular",
    )  # fmt: skip
    assert kinds_of(found, "c") == {"Drama"}
    sources = dict(zip(found.query_id.to_pylist(), found.source.to_pylist(), strict=True))
    assert sources == {
        "a": "model", "b": "model", "c": "segment-mean", "d": "popular", "e": "model",
    }  # fmt: skip


def test_what_a_query_prefers_goes_before_its_segment(films):
    table = pa.table({"who": ["a", "b"], "what": ["Drama 21", None], "where": ["north", "north"]})
    found = x2vec.recommend(
        films, table, k=5, query="who", item="what", segment="where", segment_mean=True,
        preferences={"b": {"genres": ["Comedy"]}},
    )  # fmt: skip
    assert kinds_of(found, "b") == {"Comedy"}


@pytest.mark.parametrize(
    ("preferences", "options", "error", "says"),
    [
        ({"ann": {"genre": "War"}}, {}, UsageError, "no column 'genre'.*Did you mean 'genres'"),
        ({"ann": {"genres": "Wars"}}, {}, UsageError, "no item has genres = 'Wars'.*'War'"),
        ({"ann": {"year": "War"}}, {}, UsageError, "no item has year = 'War'"),
        ({"ann": {"genres": {"War": 1}}}, {}, UsageError, "no item has genres = {'War': 1}"),
        ({"ann": {1: "War"}}, {}, UsageError, "keep no column 1 of their items"),
        ({"genres": "likes"}, {}, UsageError, "preferences names a column of a table, and the"),
        ({"bob": {"genres": "War"}}, {}, UsageError, "not among the histories, such as 'bob'"),
        ({"ann": ["War"]}, {}, UsageError, "expected columns of the item table"),
        (["War"], {}, UsageError, "expected a mapping from query"),
        (None, {"prior_events": 0}, ConfigError, "prior_events must be a number above 0"),
        (None, {"segment_mean": True}, UsageError, "segment_mean = True needs a table"),
    ],
)
def test_bad_preferences_are_told_apart(films, preferences, options, error, says):
    with pytest.raises(error, match=says):
        x2vec.recommend(films, {"ann": []}, preferences=preferences, **options)


@pytest.mark.parametrize("kind", [pa.list_(pa.string(), 2), pa.list_view(pa.string())], ids=str)
def test_a_null_row_of_any_kind_of_list_likes_nothing(kind):
    liked = pa.array([["a", "b"], None, ["c", ""]], kind)
    assert listed(liked).to_pylist() == [["a", "b"], [], ["c"]]


@pytest.mark.parametrize("column", [[{"a": 1}], [[["x"]]]], ids=["structures", "lists of lists"])
def test_what_is_no_list_of_values_is_refused_by_its_type(column):
    with pytest.raises(
        UsageError, match=r"a column of (struct|list)<.* says nothing that is liked"
    ):
        listed(pa.array(column))
