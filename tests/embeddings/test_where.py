"""Conditions over the item table: what Python says of each item, and nothing but the table."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.embeddings import Embeddings, allowed_items
from x2vec.embeddings.where import items_where
from x2vec.errors import UnknownItemError, UsageError

CATEGORIES = ["snacks", "o'clock", None, "drinks", "snacks", None, "Snacks", ""]
PRICES = [1.5, None, 3.0, 7.0, 5.0, None, 5.0, 0.0]
COUNTS = [9, 8, 7, 5, 5, 3, 2, 1]


@pytest.fixture(scope="module")
def shop() -> Embeddings:
    random = np.random.default_rng(5)
    return Embeddings(
        [f"i{n}" for n in range(8)],
        random.normal(size=(8, 4)),
        counts=COUNTS,
        origin=["trained"] * 7 + ["content"],
        metadata=pa.table({"category": CATEGORIES, "price": PRICES}),
    )


def compared(column, values, literals, write):
    """Give conditions on one column: how SQL writes one, and what it says of each row."""
    signs = {
        "=": lambda a, b: a == b,
        "<>": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        ">=": lambda a, b: a >= b,
    }
    return st.builds(
        lambda sign, literal: (
            f"{column} {sign} {write(literal)}",
            [None if value is None else signs[sign](value, literal) for value in values],
        ),
        st.sampled_from(sorted(signs)),
        st.sampled_from(literals),
    )


def text(value):
    return "'" + value.replace("'", "''") + "'"


LEAVES = st.one_of(
    compared("category", CATEGORIES, ["snacks", "o'clock", "", "x"], text),
    compared("price", PRICES, [0.0, 3.0, 5.0], str),
    compared("count", COUNTS, [1, 5, 8], str),
    compared("item_id", [f"i{n}" for n in range(8)], ["i3", "i9"], text),
    st.just(("origin = 'content'", [False] * 7 + [True])),
    st.just(("price IS NULL", [price is None for price in PRICES])),
    st.just(("price IN (1.5, 7)", [None if p is None else p in (1.5, 7) for p in PRICES])),
)


def both(a, b):
    """AND of three values: False wins, then NULL."""
    return False if a is False or b is False else None if a is None or b is None else True


def negated(a):
    return None if a is None else not a


def deeper(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        inner.map(lambda one: (f"NOT ({one[0]})", [negated(v) for v in one[1]])),
        pairs.map(
            lambda p: (f"({p[0][0]}) AND ({p[1][0]})", [*map(both, p[0][1], p[1][1])]),
        ),
        pairs.map(
            lambda p: (
                f"({p[0][0]}) OR ({p[1][0]})",
                [
                    negated(both(negated(a), negated(b)))
                    for a, b in zip(p[0][1], p[1][1], strict=True)
                ],
            )
        ),
    )


CONDITIONS = st.recursive(LEAVES, deeper, max_leaves=6)


@settings(deadline=None, max_examples=60)
@given(CONDITIONS)
def test_a_condition_holds_where_python_says_so(shop, condition):
    sql, says = condition
    assert items_where(shop, sql).tolist() == [value is True for value in says]


@settings(deadline=None, max_examples=40)
@given(
    CONDITIONS | st.none(),
    st.none() | st.lists(st.sampled_from(range(8)), max_size=6),
    st.none() | st.lists(st.sampled_from(range(8)), max_size=6),
    st.integers(1, 9),
)
def test_neighbours_among_some_are_the_neighbours_without_the_others(
    shop, condition, allow, exclude, k
):
    sql, says = (None, [True] * 8) if condition is None else condition
    passes = {
        f"i{n}"
        for n in range(8)
        if says[n] is True
        and (allow is None or n in allow)
        and (exclude is None or n not in exclude)
    }
    found = shop.similar(
        ["i0", "i4"],
        k=k,
        where=sql,
        allow=None if allow is None else [f"i{n}" for n in allow],
        exclude=None if exclude is None else [f"i{n}" for n in exclude],
    )
    expected = []
    for query in ("i0", "i4"):
        every = shop.similar(query, k=8).to_arrow().to_pylist()
        mine = [(row["item_id"], row["score"]) for row in every if row["item_id"] in passes][:k]
        expected += [(query, item, rank, score) for rank, (item, score) in enumerate(mine, 1)]
    assert [tuple(row.values())[:4] for row in found.to_arrow().to_pylist()] == expected


def test_vectors_and_sums_are_filtered_too(shop):
    assert shop.similar(vector=shop["i0"], k=1, exclude=["i0"]).item_id[0].as_py() != "i0"
    found = shop.similar(like=["i0"], unlike=["i1"], k=9, where="count > 5")
    assert found.item_id.to_pylist() == ["i2"]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("prize < 5", "no column 'prize'; did you mean 'price'?"),
        ('category = "snacks"', "no column 'snacks'; there are: item_id, count, origin, category"),
        ("price", "is of type DOUBLE; expected a condition"),
        ("price <", "syntax error"),
        ("", "one expression"),
        ("price > 1; DROP TABLE x", "more than one statement"),
        ("price > 1, count > 1", "single expression"),
        ("1 = 1) FROM x --", "syntax error"),
        ("count(*) > 3", "aggregates"),
        ("category > 3", "Cannot compare"),
        ("price < ?", "parameters"),
        ("length(read_text('/etc/hostname')) > 0", "table function"),
        ("(SELECT count(*) FROM read_text('/etc/hostname')) > 0", "disabled by configuration"),
        ("(SELECT count(*) FROM '/etc/hostname.csv') > 0", "where: "),
        ("error('no')", "where: "),
        (7, "got int; expected a condition as text"),
    ],
)
def test_what_is_no_condition_over_the_items_is_refused(shop, condition, message):
    with pytest.raises(UsageError) as caught:
        items_where(shop, condition)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_columns_that_differ_in_case_alone_are_refused():
    metadata = pa.table({"Price": [1], "price": [2]})
    with pytest.raises(UsageError, match="'Price' and 'price' differ in their case"):
        items_where(Embeddings([1], [[1.0]], counts=[1], metadata=metadata), "price > 1")


def test_unknown_items_of_lists_raise_or_are_reported(shop):
    with pytest.raises(UnknownItemError, match="No item 'i9' among 8"):
        shop.similar("i0", allow=["i1", "i9"])
    found = shop.similar(["i0", "zz"], allow=["i1", "i9"], exclude=["i9", "no"], unknown="report")
    assert found.item_id.to_pylist() == ["i1"]
    assert found.unknown == ("zz", "i9", "no")
    assert allowed_items(shop, allow=[]).items.tolist() == [False] * 8
    assert allowed_items(shop).items is None


def test_a_column_that_duckdb_does_not_take_spoils_no_other():
    metadata = pa.table({"half": np.array([1, 2], np.float16), "tags": [["x"], ["y", "x"]]})
    shop = Embeddings(["a", "b"], np.eye(2), counts=[1, 2], metadata=metadata)
    assert items_where(shop, "list_contains(tags, 'y')").tolist() == [False, True]
    with pytest.raises(UsageError, match="'half' is of type halffloat, which DuckDB does not take"):
        items_where(shop, "half > 1")
