"""Items that training saw seldom, as the benchmarks make them."""

from __future__ import annotations

import numpy as np

import x2vec
from benchmarks.seldom_seen import BUCKETS, arrivals, by_bucket


def test_arrivals_keep_a_few_events_and_are_asked_for_by_the_others():
    draws = np.random.default_rng(0)
    sequences = x2vec.Sequences.from_lists([draws.integers(0, 40, 8).tolist() for _ in range(300)])
    before = dict(zip(sequences.items.to_pylist(), sequences.counts(), strict=True))
    learn, queries, new = arrivals(sequences, 1)
    kept = dict(zip(learn.items.to_pylist(), learn.counts(), strict=True))
    assert len(new) == 40 // 5
    lost = {item: before[item] - kept.get(item, 0) for item in before}
    assert {item for item, n in lost.items() if n} == set(new.to_pylist())
    # every bucket in turn: 8 arrivals are twice 0, 1-2, 3-5 and 6-20
    found = [kept.get(item, 0) for item in new.to_pylist()]
    for bucket, place in (("0", 0), ("1-2", 1), ("3-5", 2), ("6-20", 3)):
        low, high = BUCKETS[bucket]
        assert all(low <= n <= high for n in found[place::4])
    # all of a lost event but those that open their sequence have something to be asked by
    assert 0.8 * sum(lost.values()) < len(queries) <= sum(lost.values())
    trained = x2vec.Embeddings(
        learn.items.filter(learn.counts() > 0), np.ones((32 + 6, 2)), counts=np.full(38, 1)
    )
    parts = by_bucket(queries, trained, 5, 1)
    assert {bucket: len(some) for bucket, some in parts.items()} == {"0": 5, "1-2": 5, "all": 5}
