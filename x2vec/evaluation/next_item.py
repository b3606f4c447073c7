"""Next-item evaluation: every ranker orders the whole catalogue, and the target has to come up.

All queries count. One that a ranker does not answer, or whose target training never saw, is a
miss, and the report says how many there were: dropping them would flatter the model that knows
the least. Sampled candidates would flatter too, so the target is ranked against every item.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from x2vec._cores import cores
from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, NothingLeftError, UsageError
from x2vec.evaluation.asking import Asking
from x2vec.evaluation.figures import bootstrapped, list_figures, means_of_ranks, with_lists
from x2vec.evaluation.intervals import RESAMPLES, jackknife_groups
from x2vec.evaluation.lists import Catalogue, ListTotals
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import METRICS, MetricName
from x2vec.evaluation.queries import NextItemQueries
from x2vec.evaluation.ranks import Ranks
from x2vec.evaluation.report import Report
from x2vec.progress import Listener, silent
from x2vec.recommendation import Ranker, check_vocabulary

__all__ = ["evaluate_next_item", "hit_rate", "quick_figure"]


def evaluate_next_item(
    rankers: Sequence[Ranker],
    queries: NextItemQueries,
    *,
    exclude_history: bool,
    corpus: Corpus | None = None,
    ks: Sequence[int] = (10, 20),
    resamples: int = RESAMPLES,
    seed: int = 1,
    block: int | None = None,
    task: str | None = None,
    used: Mapping[str, Any] | None = None,
    listen: Listener = silent,
) -> Report:
    """Measure several rankers on the same queries, by their ranks and by their lists.

    Args:
        rankers: The model on trial first, then its baselines; their names differ.
        queries: Histories and targets in the rows of the vocabulary that all were fitted to.
        exclude_history: Whether the items of a history leave its ranking, for all rankers alike:
            true where nothing repeats, as in baskets. A target inside its own history is then a
            miss for everyone, and counted.
        corpus: The training part. Without it nobody knows which items are popular, or which are
            alike: there are no figures by popularity, nor of the popularity and the similarity
            inside lists.
        ks: The cut-offs.
        resamples: How often queries are drawn for the intervals; with 0 there are none.
        seed: Decides which.
        block: How many queries are scored at a time; unless given, as many as take 64 MB.
        task: What reports call it; unless given, the next item, or the rest of a basket or of a
            sequence where queries have several targets.
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
    if resamples < 0:
        raise ConfigError(f"resamples must be at least 0, not {resamples}")
    facts = queries.facts(None if corpus is None else corpus.counts())
    catalogue = Catalogue.of(corpus)
    groups = jackknife_groups(queries.sequence, seed=seed)
    measurements: list[Measurement] = []
    placed: dict[str, Ranks] = {}
    for ranker in rankers:
        answered = ranker.answers(queries.histories)
        lists = ListTotals.empty(groups, queries.histories.n_items, ks, catalogue)
        asking = Asking.of(queries, answered, exclude_history, everyone=True)
        ranks = []
        with _threads() as pool:
            for positions, ranked in asking.blocks(ranker, max(ks), block, pool, listen):
                ranks.append(ranked.ranks)
                lists.add(positions, ranked, pool=pool)
        placed[ranker.name] = asking.ranks(ranks)
        means = with_lists(
            means_of_ranks(ranker.name, placed[ranker.name], facts, ks, answered), lists, answered
        )
        measurements += [
            *bootstrapped(means, queries.sequence, resamples=resamples, seed=seed),
            *list_figures(ranker.name, lists, answered, intervals=resamples > 0),
        ]
    excluded = queries.target_in_history() & exclude_history
    tokens = len(queries.histories.rows) + queries.n_unknown
    return Report(
        task=task or _task_of(queries, exclude_history),
        measurements=tuple(measurements),
        n_queries=len(queries),
        n_items=queries.histories.n_items,
        unknown_targets=float(1 - queries.known.mean()),
        unknown_history=queries.n_unknown / tokens if tokens else 0.0,
        excluded_targets=float(excluded.mean()),
        used={"exclude_history": exclude_history, "ks": list(ks), **(used or {})},
        ranks=placed,
        queries=facts,
    )


def _task_of(queries: NextItemQueries, exclude_history: bool) -> str:
    if queries.offsets is None:
        return "next item"
    return "rest of basket" if exclude_history else "rest of the sequence"


def hit_rate(
    ranker: Ranker,
    queries: NextItemQueries,
    *,
    k: int,
    exclude_history: bool,
    block: int | None = None,
    listen: Listener = silent,
) -> float:
    """Return HR@k of one ranker and nothing else; see ``quick_figure``."""
    return quick_figure(
        ranker, queries, f"hr@{k}", exclude_history=exclude_history, block=block, listen=listen
    )


def quick_figure(
    ranker: Ranker,
    queries: NextItemQueries,
    metric: str,
    *,
    exclude_history: bool,
    block: int | None = None,
    listen: Listener = silent,
) -> float:
    """Return one figure of one ranker: quick, for who asks after every epoch or every trial.

    It is the value that ``evaluate_next_item`` measures, without lists and intervals.

    Args:
        ranker: The model.
        queries: What is asked.
        metric: A metric of ranks over all targets, such as ``"ndcg@20"``.
        exclude_history: Whether the items of a history leave its ranking.
        block: How many queries are scored at a time.
        listen: Hears how many queries are done.

    Raises:
        ConfigError: There is no such metric, or its cut-off or ``block`` is below 1.
        DataError: Scores are not finite.
        NothingLeftError: There are no queries.
        UsageError: The ranker was fitted to another vocabulary.
    """
    name = MetricName.parse(metric)
    if name.metric not in METRICS or name.group:
        raise ConfigError(f"no metric of all ranks {metric!r}; there are {', '.join(METRICS)}")
    _check([ranker], queries, [name.k], block)
    answered = ranker.answers(queries.histories)
    asking = Asking.of(queries, answered, exclude_history, everyone=False)
    with _threads() as pool:
        ranks = [ranked.ranks for _, ranked in asking.blocks(ranker, 0, block, pool, listen)]
    return float(METRICS[name.metric](asking.ranks(ranks), name.k).mean())


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="x2vec-evaluate")


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
