"""The session neighbours on yoochoose-1_64: quality on all test prefixes, and queries a second.

    python -m benchmarks.session_knn --data ../shared/data

Quality is P@20, which with one target a query is HR@20, and MRR@20, against the whole catalogue.
Speed is asking all prefixes in blocks: each query's scores of all items are written, and read once,
but not ranked. The rankers go in turn; the median of the rounds is printed with the lowest and the
highest. Compiling is not counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.click_sets import Asked, figures, test_part
from x2vec.recommend import VSKNN, VSTAN, Ranker, SessionKNN

__all__ = ["RANKERS", "main", "queries_a_second"]

BLOCK = 1_000  # about what evaluation asks at once, for 64 MB of scores

RANKERS: dict[str, Callable[..., Ranker]] = {
    "session-knn": SessionKNN.fit,
    "vsknn": VSKNN.fit,
    "vstan": VSTAN.fit,
}


def queries_a_second(ranker: Ranker, asked: Asked) -> float:
    """Ask all queries, block after block."""
    positions = np.arange(len(asked.histories))
    parts = np.split(positions, range(BLOCK, len(positions), BLOCK))
    blocks = [asked.histories.take(some) for some in parts]
    start = perf_counter()
    for block in blocks:
        ranker.scores(block).max()
    return len(positions) / (perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    asked = test_part(chosen.data)
    fitted: dict[str, Ranker] = {}
    seconds: dict[str, float] = {}
    speeds: dict[str, list[float]] = {name: [] for name in RANKERS}
    for name, fit in RANKERS.items():
        fit(asked.corpus).scores(asked.histories.take(np.arange(2)))  # compiles
        start = perf_counter()
        fitted[name] = fit(asked.corpus, workers=chosen.workers)
        seconds[name] = perf_counter() - start
    for _ in range(chosen.rounds):
        for name, ranker in fitted.items():
            speeds[name].append(queries_a_second(ranker, asked))
    print(
        f"{len(asked.corpus):,} sessions, {asked.corpus.n_items:,} items, {asked.n_queries:,} "
        f"prefixes, {chosen.workers} threads\n"
    )
    print("| ranker | P@20 | MRR@20 | seconds to fit | queries a second |")
    print("| --- | --- | --- | --- | --- |")
    for name, ranker in fitted.items():
        found, speed = figures(ranker, asked), speeds[name]
        print(
            f"| {name} | {100 * found.hr:.2f} | {100 * found.mrr:.2f} | {seconds[name]:.2f} | "
            f"{median(speed):,.0f} ({min(speed):,.0f}-{max(speed):,.0f}) |"
        )


if __name__ == "__main__":
    main()
