"""The corpus spells sequences in rows, and opens from disk without being read."""

import json
from dataclasses import replace

import numpy as np
import pytest

from x2vec.corpus import Corpus, Sequences, Vocabulary, trainable
from x2vec.errors import DamagedError, NothingLeftError, UsageError


def corpus_of(lists, **options):
    sequences = Sequences.from_lists(lists, **options)
    return Corpus.of(sequences, Vocabulary.of(sequences))


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


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rows": np.array([0, 1, 2], np.int32)}, r"rows must lie in 0 \.\. 1"),
        ({"offsets": np.array([0, 3, 2, 3])}, "offsets must not fall"),
        ({"offsets": np.array([0, 2])}, "offsets must run from 0 to 3"),
    ],
)
def test_rows_and_offsets_that_contradict_each_other_are_refused(change, says):
    with pytest.raises(ValueError, match=says):
        replace(corpus_of([["c", "a"], ["c"]]), **change)


def test_the_arrays_of_a_corpus_are_frozen():
    corpus = corpus_of([["c", "a"], ["c"]])
    for array in (corpus.rows, corpus.offsets):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_opening_a_corpus_does_not_read_its_rows(tmp_path):
    corpus_of([["c", "a"], ["c"]]).save(tmp_path / "corpus")
    np.save(tmp_path / "corpus" / "rows.npy", np.array([0, 1, 99], np.int32))
    assert Corpus.load(tmp_path / "corpus").rows[2] == 99  # reading them would have found it


def test_a_corpus_replaces_the_one_before_it_and_leaves_nothing_beside_it(tmp_path):
    corpus_of([["c", "a"], ["c"]]).save(tmp_path / "corpus")
    corpus_of([["x", "y"]]).save(tmp_path / "corpus")
    assert Corpus.load(tmp_path / "corpus").offsets.tolist() == [0, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_save_that_fails_leaves_the_corpus_before_it(tmp_path, monkeypatch):
    corpus_of([["c", "a"], ["c"]]).save(tmp_path / "corpus")

    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(json, "dumps", full)
    with pytest.raises(OSError, match="No space left"):
        corpus_of([["x", "y"]]).save(tmp_path / "corpus")
    monkeypatch.undo()
    assert Corpus.load(tmp_path / "corpus").offsets.tolist() == [0, 2, 3]
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_a_directory_that_holds_something_else_is_not_replaced(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match=r"holds thesis\.tex, which is no part of a corpus"):
        corpus_of([["a", "b"]]).save(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


def truncate(path):
    (path / "rows.npy").write_bytes((path / "rows.npy").read_bytes()[:-1])


def swap(path):
    np.save(path / "rows.npy", np.zeros(3, np.int64))


def shorten(path):
    np.save(path / "offsets.npy", np.array([0, 3]))


def empty(path):
    (path / "corpus.json").write_text("{}")


def remove(path):
    (path / "offsets.npy").unlink()


@pytest.mark.parametrize("damage", [truncate, swap, shorten, empty, remove])
def test_files_of_other_sizes_than_were_saved_are_refused(tmp_path, damage):
    corpus_of([["c", "a"], ["c"]]).save(tmp_path / "corpus")
    damage(tmp_path / "corpus")
    with pytest.raises(DamagedError, match="corpus is no whole corpus"):
        Corpus.load(tmp_path / "corpus")
