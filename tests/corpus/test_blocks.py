"""Block by block is the same as at once, whatever the size of a block, in memory and mapped."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.corpus import blocks, mapped
from x2vec.corpus.blocks import (
    all_but,
    count_true,
    count_values,
    lengths_of,
    mask,
    nth_smallest,
    offsets_at,
    offsets_of,
    runs,
    select,
    spread,
    take,
)
from x2vec.corpus.masks import is_first, is_new

LENGTHS = st.lists(st.integers(1, 12), max_size=15)


@pytest.fixture(params=[1, 3, 7, 1000])
def size(request, monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK", request.param)
    return request.param


@pytest.fixture(params=["in memory", "mapped"], autouse=True)
def place(request, monkeypatch):
    if request.param == "mapped":
        monkeypatch.setattr(mapped, "_ALWAYS_FITS", 0)
        monkeypatch.setattr(mapped, "available", lambda: 0)


def ragged(seed=0, n=40):
    """Return codes, offsets and a mask of a few sequences of 1 to 9 events."""
    draws = np.random.default_rng(seed)
    offsets = np.append(0, np.cumsum(draws.integers(1, 10, n)))
    codes = draws.integers(0, 6, offsets[-1]).astype(np.int32)
    return codes, offsets, draws.random(len(codes)) < 0.4


def test_counting_selecting_and_looking_up(size):
    codes, offsets, chosen = ragged()
    table = np.array([5, 4, 3, 2, 1, 0], np.int64) * 10
    assert np.array_equal(count_values(codes, 8), np.bincount(codes, minlength=8))
    assert np.array_equal(select(codes, chosen), codes[chosen])
    assert np.array_equal(take(table, codes), table[codes])
    per_sequence = [chosen[a:b].sum() for a, b in pairwise(offsets)]
    assert count_true(chosen, offsets).tolist() == per_sequence
    assert spread(np.arange(40) % 2 == 0, offsets).tolist() == [
        sequence % 2 == 0 for sequence, n in enumerate(np.diff(offsets)) for _ in range(n)
    ]
    assert [nth_smallest(table, n) for n in range(6)] == [0, 10, 20, 30, 40, 50]
    assert np.flatnonzero(~all_but(np.array([3, 11]), 20)).tolist() == [3, 11]


@pytest.mark.parametrize("rule", [is_first, is_new])
def test_a_rule_asked_by_runs_of_sequences_says_what_it_says_of_all(size, rule):
    codes, offsets, _ = ragged()
    assert np.array_equal(mask(rule, codes, offsets), rule(codes, offsets))


def test_runs_are_of_whole_sequences_and_of_a_block_or_one_sequence(size):
    _, offsets, _ = ragged()
    starts = 0
    for some, events in runs(offsets):
        assert (some.start, events.start) == (starts, offsets[starts])
        assert events.stop == offsets[some.stop]
        assert events.stop - events.start <= size or some.stop == some.start + 1
        starts = some.stop
    assert starts == len(offsets) - 1


@given(LENGTHS)
def test_lengths_and_offsets_say_the_same(lengths):
    offsets = offsets_of(np.array(lengths, np.int64))
    assert offsets.tolist() == [sum(lengths[:n]) for n in range(len(lengths) + 1)]
    assert lengths_of(offsets).tolist() == lengths
    starts = np.zeros(sum(lengths), bool)
    starts[offsets[:-1]] = True
    assert offsets_at(starts).tolist() == offsets.tolist()
