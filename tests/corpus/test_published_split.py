"""A test part that was published as a file of its own is asked, and does not leak."""

import gzip

import numpy as np
from real_data import path_to

import x2vec
from x2vec.corpus import Vocabulary, find_leaks, queries_of, split
from x2vec.evaluation import NextItemQueries


def published():
    train = x2vec.read("playlists", str(path_to("yoochoose-1_64", "train_sessions.txt.gz")))
    test = path_to("yoochoose-1_64", "test_prefix_target.tsv.gz")
    return train, queries_of(x2vec.read("playlists", str(test), format="lines"))


def test_each_line_of_prefix_and_target_is_a_query():
    _, queries = published()
    assert len(queries) == 55_898
    items = queries.histories.items
    first = next(iter(queries.histories))
    assert [*first, items[int(queries.targets[0])].as_py()] == ["33611", "37169", "6409", "33128"]


def test_targets_that_training_never_saw_are_counted_as_unknown():
    train, queries = published()
    with gzip.open(path_to("yoochoose-1_64", "train_sessions.txt.gz"), "rt") as lines:
        trained = set().union(*(line.split() for line in lines))
    with gzip.open(path_to("yoochoose-1_64", "test_prefix_target.tsv.gz"), "rt") as lines:
        expected = [line.split()[-1] in trained for line in lines]
    assert NextItemQueries.of(queries, Vocabulary.of(train)).known.tolist() == expected
    assert expected.count(False) == 412


def test_lines_of_two_files_have_the_same_numbers_and_are_no_leak():
    train, queries = published()
    assert not find_leaks(train, queries)


def test_a_training_file_that_is_asked_itself_is_found():
    train, _ = published()
    some = train.keep_sequences(np.arange(len(train)) < 1_000, reason="not of the head")
    again = x2vec.Sequences.from_lists(list(some), ids=range(len(some)))
    assert find_leaks(again, queries_of(x2vec.Sequences.from_lists(list(some))))


def test_splits_of_real_sessions_do_not_leak():
    train, _ = published()
    for by, ask in (("leave-last-out", "last"), ("sequences", "each"), ("items", "last")):
        made = split(train, by, ask=ask, max_queries=50_000)
        assert not find_leaks(made.train, made.queries)
