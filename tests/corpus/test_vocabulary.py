"""The vocabulary is a bijection whose rows depend on the data alone."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import Corpus, Sequences, Vocabulary, trainable
from x2vec.errors import NothingLeftError

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


def test_memory_follows_the_number_of_items_not_their_size():
    far = 2**63 - 1
    corpus_of = Sequences.from_lists([[far, 5], [far, 0]])
    vocabulary = Vocabulary.of(corpus_of)
    assert vocabulary.items.to_pylist() == [far, 0, 5]
    assert Corpus.of(corpus_of, vocabulary).rows.tolist() == [0, 2, 0, 1]


def test_a_corpus_spells_each_sequence_in_rows():
    sequences = Sequences.from_lists([["c", "a"], ["c"]])
    corpus = Corpus.of(sequences, Vocabulary.of(sequences))
    assert corpus.rows.tolist() == [0, 1, 0]
    assert corpus.offsets.tolist() == [0, 2, 3]
    assert corpus.counts().tolist() == [2, 1]


def test_a_corpus_refuses_items_outside_its_vocabulary():
    vocabulary = Vocabulary.of(Sequences.from_lists([["a"]]))
    with pytest.raises(NothingLeftError, match="does not hold every item"):
        Corpus.of(Sequences.from_lists([["a", "b"]]), vocabulary)


def test_a_saved_corpus_opens_memory_mapped_and_equal(tmp_path):
    sequences = Sequences.from_lists([["c", "a"], ["c"]], ordered=False)
    corpus = Corpus.of(sequences, Vocabulary.of(sequences))
    corpus.save(tmp_path)
    again = Corpus.load(tmp_path)
    assert isinstance(again.rows, np.memmap)
    assert np.array_equal(again.rows, corpus.rows)
    assert np.array_equal(again.offsets, corpus.offsets)
    assert (again.n_items, again.fingerprint, again.ordered) == (2, corpus.fingerprint, False)


def test_sequences_of_one_are_left_out_and_counted():
    kept = trainable(Sequences.from_lists([["a", "b"], ["c"]]))
    assert list(kept) == [["a", "b"]]
    assert kept.ledger.removals[0].reason == "no pair in a sequence of one"


def test_only_sequences_of_one_is_no_pairs_and_says_what_to_change():
    with pytest.raises(NothingLeftError, match=r"No pairs to train on.*sequence column"):
        trainable(Sequences.from_lists([["a"], ["b"]]))


def test_one_item_is_too_few_and_is_named():
    with pytest.raises(NothingLeftError, match="Only one item, 'a'"):
        trainable(Sequences.from_lists([["a", "a"], ["a"]]))
