"""Tuning put together: a part of the sequences is held out, and settings are searched by it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from x2vec.corpus import Queries, Sequences, leave_last_out, subset
from x2vec.errors import ConfigError
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.config import Training
from x2vec.jobs.objective import Objective
from x2vec.jobs.tuning.clock import Clock, Limit
from x2vec.jobs.tuning.result import Tuning
from x2vec.jobs.tuning.rungs import Rung, company, make_rungs
from x2vec.jobs.tuning.search import Search, importances
from x2vec.jobs.tuning.space import Space, optuna
from x2vec.jobs.tuning.trials import Journal, Trial
from x2vec.progress import Listener, Notice, silent
from x2vec.training import Model

__all__ = ["JOURNAL", "QUERIES", "tune_sequences"]

JOURNAL = "trials.jsonl"
"""The trials, in the directory of a tuning."""

QUERIES = 3_000
"""Validation queries; the standard error of a hit rate of a quarter is then 0.8 points."""

_LONGEST_WHOLE = 60
"""Where an event has more company in its sequence, windows of 24 on either side are the largest."""


def tune_sequences(
    sequences: Sequences,
    start: Model,
    limit: Limit,
    training: Training,
    *,
    metric: str = Objective.metric,
    directory: Path | None = None,
    resume: bool = False,
    queries: Queries | None = None,
    listen: Listener = silent,
    reserve: float = 0.0,
    began: float | None = None,
) -> Tuning:
    """Search settings for sequences; a part of them is held out to tell which are better.

    Args:
        sequences: What a model may see; without ``queries`` the last item of each sequence is
            held out, or one at random of each basket.
        start: The settings to start from.
        limit: When to end.
        training: How models are fitted. With a number of trials and several workers the engine
            is made deterministic, if it can be.
        metric: What a trial is worth.
        directory: Where the trials are kept; None keeps none.
        resume: Whether to go on from there.
        queries: What is asked, where it was held out already.
        listen: Hears how far it is.
        reserve: Seconds of the budget to keep, in trainings of the winner on all sequences.
        began: When the budget began, by ``perf_counter``; now unless given.

    Raises:
        ConfigError: An argument is out of bounds, or the trials kept are of another tuning.
        MissingPackageError: Optuna is not installed.
        NothingLeftError: There is nothing to hold out, or no pair to train on.
        DamagedError: The kept trials cannot be read.
    """
    optuna()
    began = perf_counter() if began is None else began
    objective = Objective(metric)
    if limit.trials is not None and training.workers > 1 and training.engine == "native":
        training = dataclasses.replace(training, deterministic=True)
    if queries is None:
        made = leave_last_out(sequences, seed=training.seed)
        sequences, queries = made.train, made.queries
    queries = subset(queries, QUERIES, seed=training.seed)
    rungs = make_rungs(sequences, queries, seed=training.seed)
    objective.check_catalogue(len(rungs[-1].prepared.vocabulary))
    whole = company(rungs[-1].prepared.corpus) <= _LONGEST_WHOLE
    space = Space(start, ordered=sequences.ordered, whole=whole)
    key = _key(rungs, space, objective, training)
    journal, trials = None, list[Trial]()
    if directory is not None:
        journal = Journal(directory / JOURNAL)
        trials = _kept(journal, key, space, resume=resume, listen=listen)
    spent = perf_counter() - began + sum(trial.seconds for trial in trials)
    clock = Clock(limit.seconds, spent=spent)
    search = Search(
        rungs=rungs,
        space=space,
        objective=objective,
        training=training,
        clock=clock,
        reserve=lambda model: reserve * clock.foresee(model, rungs[-1]),
        keep=(lambda _: None) if journal is None else journal.add,
        listen=listen,
    )
    try:
        trials = search.run(trials, limit.trials)
    except KeyboardInterrupt as stop:
        if journal is not None:
            stop.add_note(f"the trials so far are in {journal.path}; --resume goes on from them")
        raise
    best = max(trials, key=lambda trial: trial.rank)
    return Tuning(
        model=space.model_of(dict(best.params)),
        query=best.query,
        metric=objective.metric,
        value=best.values[-1],
        start=start,
        trials=tuple(trials),
        shares=tuple(rung.share for rung in rungs),
        importances=importances(trials, space),
        n_queries=len(queries),
        seed=training.seed,
        seconds=sum(trial.seconds for trial in trials),
    )


def _key(
    rungs: tuple[Rung, ...], space: Space, objective: Objective, training: Training
) -> dict[str, Any]:
    """Return everything that decides about a trial, by name."""
    last = rungs[-1]
    return {
        "metric": objective.metric,
        "start": to_dict(space.start),
        "seed": training.seed,
        "engine": training.engine,
        "deterministic": training.deterministic,
        "shares": [rung.share for rung in rungs],
        "training data (sha256)": last.prepared.corpus.digest(),
        "queries": len(last.queries),
        "bounds": {name: str(bound) for name, bound in space.distributions().items()},
    }


def _kept(
    journal: Journal, key: Mapping[str, Any], space: Space, *, resume: bool, listen: Listener
) -> list[Trial]:
    """Return the trials to go on from; a tuning that begins anew replaces what was there."""
    trials = journal.read(key) if resume else None
    if trials is None:
        if resume:
            listen(Notice("tune", f"no trials in {journal.path}: the tuning begins"))
        elif journal.path.exists():
            listen(Notice("tune", f"the trials in {journal.path} are replaced"))
        journal.begin(key)
        return []
    try:
        for trial in trials:
            space.check(trial.params)
    except (ValueError, TypeError, ConfigError) as error:
        raise journal.damaged(error) from error
    listen(Notice("tune", f"goes on from {len(trials)} trials in {journal.path}"))
    return trials
