"""Settings of the session neighbours, chosen on the last tenth of the training sequences.

    python -m benchmarks.knn_settings --data ../shared/data

One setting after the other takes each of its values, the others as they are. It moves to the value
whose NDCG@20 is highest in the geometric mean over the data sets, so that a percent weighs the same
on each, if that is half a percent more. That is repeated until nothing changes. No test part is
opened. The figures of each data set are HR@20 / MRR@20 / NDCG@20, in hundredths, over queries drawn
from all prefixes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.click_sets import SETS, Asked, Figures, figures, validation_part
from x2vec.recommendation import VSKNN, VSTAN, Ranker, SessionKNN

__all__ = ["GRIDS", "climb", "main"]

_DECAYS = ["same", "linear", "log", "inverse", "quadratic"]
_SIZES: dict[str, Sequence[Any]] = {
    "k": [50, 100, 200, 500, 1000, 2000, 5000],
    "sample": [500, 1000, 2000, 5000, 10_000],
}

GRIDS: dict[str, tuple[Callable[..., Ranker], dict[str, Sequence[Any]]]] = {
    "session-knn": (SessionKNN.fit, _SIZES),
    "vsknn": (
        VSKNN.fit,
        {"similarity": _DECAYS, "last": _DECAYS, "idf": [0.0, 0.1, 0.3, 1.0, 5.0], **_SIZES},
    ),
    "vstan": (
        VSTAN.fit,
        {
            "lambda_history": [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, None],
            "lambda_age": [5_000, 20_000, 100_000, None],
            "lambda_inside": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, None],
            "last": _DECAYS,
            "idf": [0.0, 0.1, 0.3, 1.0, 5.0],
            **_SIZES,
        },
    ),
}
"""By name what fits the ranker, and the values of its settings."""

START: dict[str, Any] = {
    "k": 1000,
    "sample": 2000,
    "similarity": "linear",
    "last": "quadratic",
    "idf": 0.1,
    "lambda_history": None,
    "lambda_age": None,
    "lambda_inside": 8.0,
}
"""Where the search begins: near where it ended from the papers' settings, with other queries."""

WORTH = 1.005  # a mean that is not so many times as high is no reason to move: less is chance


def climb(
    fit: Callable[..., Ranker], grid: dict[str, Sequence[Any]], sets: Sequence[Asked]
) -> Iterator[tuple[dict[str, Any], list[Figures], str]]:
    """Try settings one after the other; give what was tried, its figures, and what was decided."""
    best = {name: START[name] for name in grid}
    seen: dict[tuple[Any, ...], list[Figures]] = {}
    before: dict[str, Any] = {}
    while before != best:
        before = dict(best)
        for name, values in grid.items():
            tried = [best, *({**best, name: value} for value in values)]
            for one in tried:
                key = tuple(one.values())
                if key not in seen:
                    seen[key] = [figures(fit(asked.corpus, **one), asked) for asked in sets]
                    yield one, seen[key], ""
            ahead = max(tried, key=lambda one: mean(seen[tuple(one.values())]))
            if mean(seen[tuple(ahead.values())]) > WORTH * mean(seen[tuple(best.values())]):
                best = ahead
            yield best, seen[tuple(best.values())], f"{name} = {best[name]}"


def mean(of_sets: Sequence[Figures]) -> float:
    """Return the geometric mean of NDCG@20."""
    return float(np.exp(np.mean([np.log(one.ndcg) for one in of_sets])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rankers", nargs="+", choices=list(GRIDS), default=list(GRIDS))
    parser.add_argument("--queries", type=int, default=5_000)
    chosen = parser.parse_args()
    sets = [validation_part(name, chosen.data, most=chosen.queries) for name in SETS]
    for name in chosen.rankers:
        fit, grid = GRIDS[name]
        best: dict[str, tuple[float, dict[str, Any]]] = {}
        print(f"\n{name}\n| {' | '.join(grid)} | {' | '.join(SETS)} | mean | kept |", flush=True)
        print("|" + " --- |" * (len(grid) + len(SETS) + 2))
        for setting, of_sets, kept in climb(fit, grid, sets):
            cells = [str(value) for value in setting.values()]
            cells += [f"{100 * f.hr:.1f} / {100 * f.mrr:.1f} / {100 * f.ndcg:.2f}" for f in of_sets]
            print(f"| {' | '.join(cells)} | {100 * mean(of_sets):.2f} | {kept} |", flush=True)
            for one, asked in zip(of_sets, sets, strict=True):
                best[asked.name] = max(
                    best.get(asked.name, (0.0, {})), (one.ndcg, setting), key=lambda pair: pair[0]
                )
        for data, (ndcg, setting) in best.items():
            print(f"best on {data} of those tried: {100 * ndcg:.2f} by {setting}")


if __name__ == "__main__":
    main()
