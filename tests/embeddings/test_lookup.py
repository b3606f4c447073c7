"""Look-up agrees with a dictionary; what is unknown is told with what may have been meant."""

from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.embeddings import suggest
from x2vec.embeddings.lookup import Lookup
from x2vec.embeddings.suggest import closest
from x2vec.errors import UnknownItemError

TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
INTEGERS = st.integers(-(2**63), 2**63 - 1)


@settings(deadline=None)  # the first patch imports what patching needs
@given(st.data(), st.sampled_from([TEXT, INTEGERS]), st.booleans())
def test_it_finds_what_a_dictionary_finds(data, kind, is_hashed):
    items = data.draw(st.lists(kind, min_size=1, unique=True))
    asked = data.draw(st.lists(kind | st.sampled_from(items)))
    rows = {item: row for row, item in enumerate(items)}
    column = pa.array(items)
    lookup = Lookup(column)
    assert [lookup.row(item) for item in asked] == [rows.get(item) for item in asked]
    many = pa.array(asked, column.type)
    sizes = {"_HASHED_TEXTS": 100 * is_hashed, "_HASHED_NUMBERS": 100 * is_hashed}
    with mock.patch.multiple("x2vec.embeddings.lookup", **sizes):
        assert lookup.rows(many).to_pylist() == [rows.get(item) for item in asked]
        found, missing = lookup.found(asked, unknown="report")
    assert found.tolist() == [rows[item] for item in asked if item in rows]
    assert missing == tuple(dict.fromkeys(item for item in asked if item not in rows))


def test_unknown_item_names_the_closest_known_one():
    lookup = Lookup(pa.array(["butter", "bread", "jam"]))
    with pytest.raises(UnknownItemError, match=r"No item 'bred' among 3\. Closest: 'bread'\."):
        lookup.known_row("bred")
    with pytest.raises(UnknownItemError, match="Nothing known is close to it"):
        lookup.known_row("xyz")


def test_five_of_many_unknown_items_are_told_and_the_rest_counted():
    message = str(Lookup(pa.array(["bread"])).unknown([f"q{i}" for i in range(8)]))
    assert message.count("No item") == 5
    assert message.endswith("... and 3 more.")


def test_the_wrong_type_of_id_is_told_as_such():
    text = Lookup(pa.array(["123", "4"]))
    numbers = Lookup(pa.array([123, 4]))
    assert str(text.unknown([123])) == "No item 123: items are text here. Did you mean '123'?"
    assert (
        str(numbers.unknown(["123"])) == "No item '123': items are integers here. Did you mean 123?"
    )
    assert "items are integers here" in str(numbers.unknown(["bread"]))
    assert "items are integers here" in str(numbers.unknown([1.5]))
    assert text.rows(pa.array([123])).to_pylist() == [None]


def test_a_very_long_unknown_item_does_not_flood_the_message():
    assert len(str(Lookup(pa.array(["a"])).unknown(["x" * 5000]))) < 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("BREAD ", "bread"), ("braed", "bread"), ("shampo", "shampoo"), ("form", "from")],
)
def test_common_slips_are_recognised(asked, expected):
    items = pa.array(["butter", "bread", "shampoo", "from", "soap", "x" * 3000])
    assert closest(asked, items)[0] == expected


@pytest.mark.parametrize(
    ("asked", "items", "expected"),
    [
        ("3", ["00002", "00003", "13"], ["00003", "13"]),
        ("00003", ["2", "3"], ["3"]),
        ("7", [f"{i:07d}" for i in range(20_000)], ["0000007"]),
    ],
)
def test_leading_zeros_are_the_likeliest_slip(asked, items, expected):
    assert closest(asked, pa.array(items)) == expected


def test_nothing_to_go_by_suggests_nothing():
    assert closest("", pa.array(["a"])) == []


def test_of_many_items_only_a_thousand_are_compared_letter_by_letter(monkeypatch):
    compared, likeness = [], suggest._likeness

    def counted(a, b):
        compared.append(b)
        return likeness(a, b)

    monkeypatch.setattr(suggest, "_likeness", counted)
    items = pa.array([f"product number {i:06d}" for i in range(20_000)])
    assert closest("product nunber 012345", items)[0] == "product number 012345"
    assert len(compared) == 1000
