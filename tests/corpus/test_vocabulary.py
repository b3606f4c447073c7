"""The vocabulary is a bijection whose rows depend on the data alone."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import Corpus, Sequences, Vocabulary

ITEMS = st.text(alphabet="ab\u00e9e\u0301\u05d0\U0001f370 ", min_size=1, max_size=3)
LISTS = st.lists(st.lists(ITEMS, min_size=1, max_size=6), min_size=1, max_size=8)


def test_rows_go_by_falling_count_then_by_item():
    vocabulary = Vocabulary.of(Sequences.from_lists([["c", "b", "a"], ["c", "d", "b"], ["c"]]))
    assert vocabulary.items.to_pylist() == ["c", "b", "a", "d"]
    assert vocabulary.counts.tolist() == [3, 2, 1, 1]


def test_items_without_an_event_left_have_no_row():
    cleaned = Sequences.from_lists([["a", "b"], ["a", "b", "c"]]).clean(min_count=2)
    assert Vocabulary.of(cleaned).items.to_pylist() == ["a", "b"]


@given(LISTS)
def test_rows_and_items_are_each_others_inverse(lists):
    vocabulary = Vocabulary.of(Sequences.from_lists(lists))
    rows = vocabulary.rows(vocabulary.items)
    assert rows.to_pylist() == list(range(len(vocabulary)))


@given(LISTS)
def test_the_order_of_the_input_changes_neither_rows_nor_fingerprint(lists):
    one = Vocabulary.of(Sequences.from_lists(lists))
    other = Vocabulary.of(Sequences.from_lists(lists[::-1]))
    assert one.items.equals(other.items)
    assert one.fingerprint == other.fingerprint


def test_the_fingerprint_tells_items_that_join_to_the_same_text_apart():
    prints = {
        Vocabulary(pa.array(items), np.array([1, 1])).fingerprint
        for items in (["ab", "c"], ["a", "bc"], [1, 2], ["1", "2"])
    }
    assert len(prints) == 4


def test_the_fingerprint_stays_what_it_was_when_stores_were_written_with_it():
    vocabulary = Vocabulary(pa.array(["a", "b"]), np.array([2, 1]))
    import hashlib

    spelled = b"string 2 " + np.array([1, 1], "<i8").tobytes() + b"ab"
    spelled += np.array([2, 1], "<i8").tobytes()
    assert vocabulary.fingerprint == hashlib.sha256(spelled).hexdigest()


def test_unknown_items_have_no_row():
    vocabulary = Vocabulary.of(Sequences.from_lists([["a", "b"]]))
    assert vocabulary.rows(pa.array(["b", "x"])).to_pylist() == [1, None]


@pytest.mark.parametrize("items", [["a", "a"], ["a", None]])
def test_items_that_would_share_a_row_or_have_no_name_are_refused(items):
    with pytest.raises(ValueError, match="items must be distinct, and none of them null"):
        Vocabulary(pa.array(items), np.array([1, 1]))


def test_numbers_are_not_found_among_texts_nor_texts_among_numbers():
    texts, numbers = (Vocabulary.of(Sequences.from_lists([one])) for one in (["1", "2"], [1, 2]))
    for vocabulary, others in ((texts, numbers.items), (numbers, texts.items)):
        rows = vocabulary.rows(others)
        assert rows.type == pa.int32()
        assert rows.to_pylist() == [None, None]


def test_counts_are_frozen():
    with pytest.raises(ValueError, match="read-only"):
        Vocabulary.of(Sequences.from_lists([["a"]])).counts[0] = 7


def test_rows_are_dense_however_large_the_ids_are():
    far = 2**63 - 1
    corpus_of = Sequences.from_lists([[far, 5], [far, 0]])
    vocabulary = Vocabulary.of(corpus_of)
    assert vocabulary.items.to_pylist() == [far, 0, 5]
    assert Corpus.of(corpus_of, vocabulary).rows.tolist() == [0, 2, 0, 1]
