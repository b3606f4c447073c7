"""Text for people: nothing moves the cursor, columns line up, a slip is recognised."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from x2vec._text import aligned, closest, printable


@given(st.text())
def test_what_is_printed_is_one_line_of_signs(text):
    assert printable(text).isprintable()


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_signs_stay_as_they_are(text):
    assert printable(text) == text


def test_columns_start_and_end_at_the_same_place():
    rows = [["a", "1", "x"], ["bbb", "22", ""]]

    assert aligned(rows, right={1}) == ["a     1  x", "bbb  22"]


def test_no_rows_are_no_lines():
    assert aligned([]) == []


def test_a_word_that_is_close_to_none_suggests_nothing():
    assert closest("xyz", ["hr", "ndcg"]) is None
    assert closest("hr", []) is None
