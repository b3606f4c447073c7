"""Recommending: how long one person waits, what each option adds, how many a second in a batch.

    python benchmarks/recommend.py [--items 200000] [--size 128] [--asked 50] [--batch 2000]

Vectors, counts and a column of 40 categories are drawn at random, with a seed, and the histories of
ten items too; scores are in-out with a prior. Each option is asked for one history at a time, in
turns with the plain call, after a first one that is not counted; beside them the search alone, so
that the rest is the verb's own. Of the milliseconds that pass, and of those of processor time,
which others on the machine disturb less, the median is printed, the lowest and the highest.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa
from tables import heading, median_and_range, row

import x2vec
from x2vec.embeddings import Provenance
from x2vec.recommendation import Histories, ranker_of, top_items

__all__ = ["OPTIONS", "main", "made_up", "milliseconds"]

OPTIONS: dict[str, dict[str, object]] = {
    "plain": {},
    "where": {"where": "category = 'c7' AND price < 50"},
    "exclude, 1,000 items": {"exclude": list(range(1000))},
    "diversity": {"diversity": 0.3},
    "max_per": {"max_per": {"category": 3}},
    "damping": {"damping": 0.1},
}


def made_up(n_items: int, size: int, *, seed: int = 0) -> x2vec.Embeddings:
    """Return random embeddings that are asked in-out, with a table of their items."""
    random = np.random.default_rng(seed)
    vectors, context = random.normal(size=(2, n_items, size)).astype(np.float32)
    metadata = pa.table(
        {
            "category": [f"c{n}" for n in random.integers(0, 40, n_items)],
            "price": random.uniform(0, 100, n_items),
        }
    )
    return x2vec.Embeddings(
        np.arange(n_items),
        vectors / np.float32(np.sqrt(size)),
        counts=(1e6 / np.arange(1, n_items + 1)).astype(np.int64) + 1,
        context_vectors=context / np.float32(np.sqrt(size)),
        metadata=metadata,
        provenance=Provenance(config={"query": {"scoring": "in-out", "prior": 0.75}}),
    )


def milliseconds(calls: dict[str, Callable[[int], object]], n: int) -> dict[str, np.ndarray]:
    """Return what each call takes, (2, n) each, by the clock and of processor time."""
    clocks = (time.perf_counter, time.process_time)
    taken = {name: np.empty((2, n)) for name in calls}
    for turn in range(-1, n):  # the first is not counted
        for name, call in calls.items():
            starts = [clock() for clock in clocks]
            call(turn % n)
            if turn >= 0:
                ends = [clock() for clock in clocks]
                taken[name][:, turn] = 1000 * (np.array(ends) - starts)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--asked", type=int, default=50)
    parser.add_argument("--batch", type=int, default=2_000)
    chosen = parser.parse_args()
    embeddings = made_up(chosen.items, chosen.size)
    random = np.random.default_rng(1)
    histories = random.integers(0, chosen.items, (max(chosen.asked, chosen.batch), 10))
    rows = [Histories.of([one], n_items=chosen.items) for one in histories[: chosen.asked]]
    ranker = ranker_of(embeddings)
    calls: dict[str, Callable[[int], object]] = {
        "the search alone": lambda turn: top_items(ranker, rows[turn], 20)
    }
    for name, options in OPTIONS.items():
        calls[name] = lambda turn, options=options: x2vec.recommend(
            embeddings, [histories[turn]], k=20, **options
        )
    heading(f"one history, {chosen.items:,} x {chosen.size}", "ms", "ms of processor time")
    for name, taken in milliseconds(calls, chosen.asked).items():
        row(name, *map(median_and_range, taken))
    heading(f"{chosen.batch:,} histories at once", "histories a second of processor time")
    for name in ("plain", "diversity", "max_per"):
        start = time.process_time()
        x2vec.recommend(
            embeddings, list(histories[: chosen.batch]), k=20, workers=2, **OPTIONS[name]
        )
        row(name, f"{chosen.batch / (time.process_time() - start):,.0f}")


if __name__ == "__main__":
    main()
