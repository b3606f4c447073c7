"""Evidence of two parts, merged, is that of the whole, as far as nothing was cut."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.corpus import Corpus, Sequences, Vocabulary
from x2vec.errors import UsageError
from x2vec.similarity import count_together, merge

LISTS = st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=6), min_size=1, max_size=8)


def evidence_of(lists, first=0):
    sequences = Sequences.from_lists(lists)
    vocabulary = Vocabulary.of(sequences)
    ids = pa.array(range(first, first + len(lists)))
    return count_together(Corpus.of(sequences, vocabulary), ids), vocabulary.items


def rows_in(items, of):
    return np.asarray(pc.index_in(of, value_set=items))


@settings(max_examples=50, deadline=None)
@given(older=LISTS, newer=LISTS)
def test_what_is_merged_is_what_would_have_been_counted_at_once(older, newer):
    (old, old_items), (new, new_items) = evidence_of(older), evidence_of(newer, len(older))
    whole, items = evidence_of(older + newer)
    merged = merge(
        old,
        new,
        old_rows=rows_in(items, old_items),
        new_rows=rows_in(items, new_items),
        n_items=len(items),
    )
    assert merged.n_sequences == whole.n_sequences
    for name in ("sequences", "meetings", "cut", "at_most"):
        assert getattr(merged, name).tolist() == getattr(whole, name).tolist()
    for row in range(len(items)):
        for other in range(len(items)):
            assert (merged.count(row, other) or 0) == (whole.count(row, other) or 0)
            assert merged.examples(row, other) == whole.examples(row, other)


def test_what_many_updates_keep_of_an_item_does_not_grow():
    old, items = evidence_of([[0, other] for other in range(1, 30)])
    rows = np.arange(len(items))
    merged = merge(old, old, old_rows=rows, new_rows=rows, n_items=30, n_often=1, n_seldom=1)
    # every item keeps one partner: of 1 .. 29 that is 0, so all pairs stay, kept by the others
    assert np.diff(merged.pairs.offsets).tolist() == [29] + [1] * 29
    star, items = evidence_of([list(range(30))] * 2)
    merged = merge(star, star, old_rows=rows, new_rows=rows, n_items=30, n_often=1, n_seldom=1)
    assert len(merged.pairs) <= 4 * 30
    assert merged.cut.sum() + len(merged.pairs) == 2 * len(star.pairs) - len(star.pairs)
    assert merged.at_most.max() == 4


def test_ids_of_two_types_become_text():
    sequences = Sequences.from_lists([["a", "b"]])
    corpus = Corpus.of(sequences, Vocabulary.of(sequences))
    numbered, named = (count_together(corpus, pa.array(ids)) for ids in ([7], ["order 1"]))
    rows = np.arange(2)
    merged = merge(numbered, named, old_rows=rows, new_rows=rows, n_items=2)
    assert merged.examples(0, 1) == ["7", "order 1"]


def test_distances_that_differ_do_not_add_up():
    old, items = evidence_of([["a", "b"]])
    sequences = Sequences.from_lists([["a", "b"]], ordered=False)
    new = count_together(Corpus.of(sequences, Vocabulary.of(sequences)), pa.array([0]))
    rows = np.arange(len(items))
    with pytest.raises(UsageError, match="up to 10 steps apart, and are up to 1000"):
        merge(old, new, old_rows=rows, new_rows=rows, n_items=2)
