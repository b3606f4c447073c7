"""Next-item evaluation: every ranker orders the whole catalogue, and the target has to come up.

All queries count. One that a ranker does not answer, or whose target training never saw, is a
miss, and the report says how many there were: dropping them would flatter the model that knows
the least. Sampled candidates would flatter too, so the target is ranked against every item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import ConfigError, DataError, NothingLeftError, UsageError
from x2vec.evaluation.metrics import METRICS
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranks import Ranks, target_ranks
from x2vec.evaluation.report import Measurement, Report
from x2vec.progress import Listener, Progress, silent
from x2vec.recommend import Histories, Ranker, check_vocabulary

__all__ = ["evaluate_next_item"]

BLOCK_BYTES = 64 * 1024 * 1024
"""What the scores of one block of queries may take; comparing them takes a quarter more."""


def evaluate_next_item(
    rankers: Sequence[Ranker],
    queries: NextItemQueries,
    *,
    exclude_history: bool,
    ks: Sequence[int] = (10, 20),
    block: int | None = None,
    used: Mapping[str, Any] | None = None,
    listen: Listener = silent,
) -> Report:
    """Measure HR, NDCG and MRR of several rankers on the same queries.

    Args:
        rankers: The model on trial first, then its baselines; their names differ.
        queries: Histories and targets in the rows of the vocabulary that all were fitted to.
        exclude_history: Whether the items of a history leave its ranking, for all rankers alike:
            true where nothing repeats, as in baskets. A target inside its own history is then a
            miss for everyone, and counted.
        ks: The cut-offs.
        block: How many queries are scored at a time; unless given, as many as take 64 MB.
        used: What else made the figures - data, split, seed, parameters - for the report.
        listen: Hears how many queries of each ranker are done.

    Returns:
        The report, models in the order of ``rankers``.

    Raises:
        ConfigError: ``ks`` or ``block`` holds a number below 1, or ``ks`` none or one twice.
        DataError: A ranker gave scores that are not finite.
        NothingLeftError: There are no queries.
        UsageError: No rankers, two of one name, or one that was fitted to another vocabulary.
    """
    _check(rankers, queries, ks, block)
    n_queries, n_items = len(queries), queries.histories.n_items
    if block is None:
        block = max(1, BLOCK_BYTES // (4 * max(n_items, 1)))
    excluded = queries.target_in_history() & exclude_history
    measurements: list[Measurement] = []
    placed: dict[str, Ranks] = {}
    for ranker in rankers:
        answered = ranker.answers(queries.histories)
        asked = queries.known & answered & ~excluded
        ranks = np.concatenate(
            [
                np.empty(0, np.int64),
                *_ranks(ranker, queries, asked, exclude_history, block, listen),
            ]
        )
        placed[ranker.name] = Ranks(asked, ranks)
        measurements += [
            Measurement(
                model=ranker.name,
                metric=f"{name}@{k}",
                value=float(gains(ranks, k).sum() / n_queries),
                n=n_queries,
                unanswered=float(1 - answered.mean()),
            )
            for name, gains in METRICS.items()
            for k in ks
        ]
    tokens = len(queries.histories.rows) + queries.n_unknown
    return Report(
        task="next item",
        measurements=tuple(measurements),
        n_queries=n_queries,
        n_items=n_items,
        unknown_targets=float(1 - queries.known.mean()),
        unknown_history=queries.n_unknown / tokens if tokens else 0.0,
        excluded_targets=float(excluded.mean()),
        used={"exclude_history": exclude_history, "ks": list(ks), **(used or {})},
        ranks=placed,
    )


def _check(
    rankers: Sequence[Ranker], queries: NextItemQueries, ks: Sequence[int], block: int | None
) -> None:
    names = [ranker.name for ranker in rankers]
    if not names:
        raise UsageError("no rankers to evaluate; give at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"more than one ranker is called {twice[0]!r}; give each its own name")
    for ranker in rankers:
        check_vocabulary(ranker, queries.histories)
    if not len(queries):
        raise NothingLeftError(
            "No queries to evaluate on: nothing was held out. Hold out a larger part."
        )
    if not ks or min(ks) < 1 or len(set(ks)) < len(ks):
        raise ConfigError(f"ks must be different whole numbers from 1 on, not {list(ks)}")
    if block is not None and block < 1:
        raise ConfigError(f"block must be at least 1, not {block}")


def _ranks(
    ranker: Ranker,
    queries: NextItemQueries,
    asked: NDArray[np.bool_],
    exclude_history: bool,
    block: int,
    listen: Listener,
) -> Iterator[NDArray[np.int64]]:
    """Give the ranks of the targets of the queries asked, block after block."""
    positions = np.flatnonzero(asked)
    targets = queries.targets[asked[queries.known]]
    for start in range(0, len(positions), block):
        end = min(start + block, len(positions))
        histories = queries.histories.take(positions[start:end])
        scores = ranker.scores(histories)
        _check_scores(scores, ranker, histories, positions[start:end])
        yield target_ranks(
            scores,
            targets[start:end],
            excluded=histories.distinct() if exclude_history else None,
        )
        listen(Progress(f"evaluate {ranker.name}", end, len(positions), "queries"))


def _check_scores(
    scores: NDArray[np.float32],
    ranker: Ranker,
    histories: Histories,
    positions: NDArray[np.int64],
) -> None:
    expected = (len(histories), histories.n_items)
    if scores.shape != expected:
        raise DataError(f"{ranker.name}: gave scores of shape {scores.shape}, not {expected}")
    finite = np.isfinite(scores)
    if not finite.all():
        query, row = np.argwhere(~finite)[0]
        raise DataError(
            f"{ranker.name}: gave the score {scores[query, row]} to item row {row} for query "
            f"{positions[query]}; scores must be finite. {np.count_nonzero(~finite)} scores of "
            f"{scores.size} in this block are not."
        )
