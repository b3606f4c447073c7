"""Evaluation: how long one embedding takes against the whole catalogue, and how much memory.

    python benchmarks/evaluation.py    # 50,000 queries against 50,000 items at 128 dimensions
    python benchmarks/evaluation.py --queries 10000 --items 200000

The vectors are random, as what they are worth costs nothing; the items of histories, targets and
training sequences are drawn by Zipf's law. Metrics of ranks and lists at 10 and 20, all groups,
and 1,000 resamples. The product of queries and vectors alone is measured beside it: no way of
ranking everything is quicker than that.
"""

from __future__ import annotations

import argparse
import resource
from time import perf_counter, process_time

import numpy as np

from x2vec.corpus import Corpus
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.recommendation import EmbeddingRanker, Histories

__all__ = ["main"]


def _drawn(draws, n, n_items):
    """Draw rows by Zipf's law, the first the most often."""
    return np.minimum(n_items ** draws.random(n) - 1, n_items - 1).astype(np.int32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=50_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--length", type=int, default=10, help="of histories and sequences")
    parser.add_argument("--exclude-history", action="store_true")
    parser.add_argument("--resamples", type=int, default=1_000)
    chosen = parser.parse_args()
    draws = np.random.default_rng(1)
    n, n_items, length = chosen.queries, chosen.items, chosen.length
    vectors = draws.standard_normal((n_items, chosen.size), dtype=np.float32)
    ranker = EmbeddingRanker(
        vectors=vectors,
        context_vectors=draws.standard_normal((n_items, chosen.size), dtype=np.float32),
        scoring="in-out",
    )
    corpus = Corpus(
        rows=_drawn(draws, chosen.events, n_items),
        offsets=np.append(np.arange(0, chosen.events, length), chosen.events),
        n_items=n_items,
        fingerprint="",
        ordered=True,
    )
    queries = NextItemQueries(
        histories=Histories(_drawn(draws, n * length, n_items), np.arange(n + 1) * length, n_items),
        known=np.ones(n, dtype=bool),
        targets=_drawn(draws, n, n_items),
    )
    few = queries.histories.take(np.arange(min(n, 16)))
    asked = NextItemQueries(few, np.ones(len(few), bool), queries.targets[: len(few)])
    evaluate_next_item(
        [ranker], asked, corpus=corpus, exclude_history=True, resamples=1
    )  # compiles
    started = perf_counter()
    block = 335
    room = np.empty((block, n_items), dtype=np.float32)
    for _ in range(0, n - block + 1, block):
        np.matmul(vectors[:block], vectors.T, out=room)
    product = perf_counter() - started
    del room
    started, busy = perf_counter(), process_time()
    evaluate_next_item(
        [ranker],
        queries,
        corpus=corpus,
        exclude_history=chosen.exclude_history,
        resamples=chosen.resamples,
    )
    seconds, busy = perf_counter() - started, process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{n:,} queries against {n_items:,} items at {chosen.size} dimensions: {seconds:.1f} s "
        f"({busy:.1f} s of all cores); the product alone {product:.1f} s; peak {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
