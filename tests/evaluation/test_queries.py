"""The bridge from a split, with ids, to queries in rows."""

from __future__ import annotations

import numpy as np
import pytest

from x2vec.corpus import Sequences, Vocabulary, leave_last_out
from x2vec.evaluation import NextItemQueries
from x2vec.recommendation import Histories


def written(sequences, known_lists):
    split = leave_last_out(Sequences.from_lists(sequences))
    vocabulary = Vocabulary.of(Sequences.from_lists(known_lists))
    return NextItemQueries.of(split.queries, vocabulary), vocabulary.items.to_pylist()


def test_histories_and_targets_become_rows_of_the_vocabulary():
    queries, items = written([["a", "b", "c"], ["c", "a"]], [["c", "c", "a", "b"]])

    histories = np.split(queries.histories.rows, queries.histories.offsets[1:-1])
    assert [[items[row] for row in one] for one in histories] == [["a", "b"], ["c"]]
    assert [items[row] for row in queries.targets] == ["c", "a"]
    assert queries.known.tolist() == [True, True]


def test_a_history_item_that_training_never_saw_is_left_out_and_counted():
    queries, _ = written([["a", "new", "b"], ["new", "a"]], [["a", "b"]])

    assert queries.histories.lengths.tolist() == [1, 0]
    assert queries.n_unknown == 2


def test_a_target_that_training_never_saw_stays_as_a_query_without_an_answer():
    queries, _ = written([["a", "new"], ["b", "a"]], [["a", "b"]])

    assert len(queries) == 2
    assert queries.known.tolist() == [False, True]
    assert len(queries.targets) == 1


def test_whole_numbers_are_items_as_well():
    queries, items = written([[70, 5], [5, 70]], [[5, 70]])

    assert [items[row] for row in queries.targets] == [5, 70]


def test_a_target_inside_its_own_history_is_noticed():
    queries = NextItemQueries(
        histories=Histories.of([[0, 1], [0, 0], [], [2]], n_items=3),
        known=np.array([True, True, True, False]),
        targets=np.array([1, 2, 0], dtype=np.int32),
    )

    assert queries.target_in_history().tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("known", "targets", "message"),
    [
        ([True], [0], "1 targets for 2 histories"),
        ([True, False], [0, 0], "2 target rows for 1 known targets"),
        ([True, False], [3], r"targets must lie in 0 \.\. 2"),
    ],
)
def test_arrays_that_contradict_each_other_are_refused(known, targets, message):
    with pytest.raises(ValueError, match=message):
        NextItemQueries(
            Histories.of([[0], [1]], n_items=3), np.array(known), np.array(targets, np.int32)
        )
