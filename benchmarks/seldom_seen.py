"""Items that training saw seldom: new arrivals are simulated, and queries are sorted by bucket."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pyarrow as pa

import x2vec
from x2vec.corpus import Queries, Vocabulary, blocks
from x2vec.corpus.splits.asking import MOST_HISTORY, ask_each
from x2vec.embeddings import Embeddings

BUCKETS = {"0": (0, 0), "1-2": (1, 2), "3-5": (3, 5), "6-20": (6, 20), "more": (21, 2**62)}
"""How often training saw the target of a query, at least and at most."""

LEAST = 10
"""Events that an item needs to become an arrival."""


def split_of(sequences: Any, seed: int) -> Any:
    """Hold out two fifths of the sequences, whole ones, each of whose items is asked for."""
    return x2vec.split(sequences, by="sequences", test=0.4, ask="each", seed=seed)


def arrivals(sequences: Any, seed: int) -> Any:
    """Hold out all but a few events of a fifth of the items.

    Return the sequences that are left, a query for each event held out, and the arrivals.
    """
    draws = np.random.default_rng(seed)
    counts = sequences.counts()
    often = np.flatnonzero(counts >= LEAST)
    chosen = draws.choice(often, len(often) // 5, replace=False)
    left = np.full(len(counts), np.iinfo(np.int64).max)
    ranges = [BUCKETS[name] for name in ("0", "1-2", "3-5", "6-20")]
    for place, item in enumerate(chosen):
        low, high = ranges[place % len(ranges)]
        left[item] = min(draws.integers(low, high + 1), counts[item] // 2)
    order = draws.permutation(len(sequences.codes))
    order = order[np.argsort(sequences.codes[order], kind="stable")]
    starts = np.append(0, np.cumsum(counts))[:-1]
    codes = sequences.codes[order]
    held = np.zeros(len(codes), np.bool_)
    held[order] = np.arange(len(codes)) - starts[codes] >= left[codes]
    known = np.append(0, np.cumsum(~held))
    owners = blocks.owners(np.arange(len(codes)), sequences.offsets)
    n_before = known[:-1] - known[sequences.offsets[:-1]][owners]
    if not sequences.ordered:
        n_before = np.diff(known[sequences.offsets])[owners]
    asked = ask_each(sequences, held & (n_before > 0), known=~held, most_history=MOST_HISTORY,
                     max_queries=None, seed=seed)  # fmt: skip
    return (
        sequences.keep(~held, reason="held out: arrivals"),
        asked,
        sequences.items.take(pa.array(chosen)),
    )


def by_bucket(queries: Queries, trained: Embeddings, most: int, seed: int) -> dict[str, Queries]:
    """Return the queries of each bucket that has any, and `all`; of each, so many at most."""
    seen = _counts_of(queries, trained)
    parts = {
        bucket: _drawn(queries, (seen >= low) & (seen <= high), most, seed)
        for bucket, (low, high) in BUCKETS.items()
    }
    parts["all"] = _drawn(queries, np.ones(len(queries), np.bool_), most, seed)
    return {bucket: some for bucket, some in parts.items() if len(some)}


def _counts_of(queries: Queries, trained: Embeddings) -> np.ndarray:
    """Return how often training saw the target of each query."""
    rows = Vocabulary(trained.items, np.maximum(trained.counts, 1)).rows(queries.histories.items)
    known = np.asarray(rows.is_valid())
    counts = np.where(known, trained.counts[np.asarray(rows.fill_null(0))], 0)
    return counts[queries.targets]


def _drawn(queries: Queries, chosen: np.ndarray, most: int, seed: int) -> Queries:
    """Draw at most that many of the chosen queries, each of which has one target."""
    places = np.flatnonzero(chosen)
    some = np.random.default_rng(seed).choice(places, min(most, len(places)), replace=False)
    kept = np.zeros(len(queries), np.bool_)
    kept[some] = True
    return dataclasses.replace(
        queries,
        histories=queries.histories.keep_sequences(kept, reason="not drawn"),
        targets=queries.targets[kept],
        sequence=queries.sequence[kept],
        times=None if queries.times is None else queries.times[kept],
    )
