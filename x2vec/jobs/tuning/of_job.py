"""Tuning of a job: the test part is set aside, and asked once the winner is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from time import perf_counter
from typing import Any

from x2vec.corpus import Queries
from x2vec.errors import ConfigError
from x2vec.evaluation import NextItemQueries, Report, evaluate_next_item
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.choosing import validation_split
from x2vec.jobs.config import Job, Training, read_job
from x2vec.jobs.objective import Objective
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.jobs.reading import hold_out, read_parts
from x2vec.jobs.steps import Prepared, prepare
from x2vec.jobs.tuning.clock import Limit
from x2vec.jobs.tuning.job_file import JobFile
from x2vec.jobs.tuning.result import Tuning
from x2vec.jobs.tuning.space import optuna
from x2vec.jobs.tuning.tune import JOURNAL, QUERIES, tune_sequences
from x2vec.jobs.used import used_by
from x2vec.progress import Listener, silent
from x2vec.recommendation import EmbeddingRanker, QueryForm, Ranker
from x2vec.training import Model, SkipGram, fit

__all__ = ["GENSIM_TEXT", "JOB", "PAGE", "tune_job"]

PAGE, JOB = "tuning.html", "job.toml"
"""Beside the trials in the directory of a tuning: what was found, and the job with it."""

GENSIM_TEXT = SkipGram(vector_size=100, window=5, negative=5, epochs=5, sample=1e-3, alpha=0.025)
"""What gensim's Word2Vec trains unless told otherwise, skip-gram for its CBOW: made for text."""


def tune_job(
    path: str | Path,
    limit: Limit,
    *,
    metric: str = Objective.metric,
    directory: Path | None = None,
    resume: bool = False,
    listen: Listener = silent,
) -> Tuning:
    """Tune a job: split as it says, search on the training part, report on the test part.

    The validation part is cut from the training part in the way of the job's ``[evaluate]``. A job
    without one has no test part, and its validation part holds the last items.

    Args:
        path: The TOML file.
        limit: When to end; a budget counts from here, with reading and the report.
        metric: What a trial is worth.
        directory: Where the trials are kept, and the page and the job with the settings that win
            are written; None keeps none.
        resume: Whether to go on from there.
        listen: Hears how far it is.

    Raises:
        X2VecError: Whatever is wrong with the job; see ``tune_sequences`` too.
    """
    optuna()
    began = perf_counter()
    path = Path(path)
    job = read_job(path)
    if job.side_information is not None:
        raise ConfigError(
            f"{path}: [side_information] is not tuned; leave the section out to tune, and "
            "put it back into the job that wins"
        )
    text = path.read_text(encoding="utf-8")
    located = job.located(path.resolve().parent)
    sequences, given, _ = read_parts(located, hear=listen)
    read, train, test, parts = hold_out(sequences, given, located, hear=listen)
    del sequences, given  # large, and nothing after this looks at them
    searched, validation = train, None
    if job.evaluate is not None:
        made = validation_split(train, job.evaluate, QUERIES, seed=job.training.seed)
        searched, validation = made.train, made.queries
    tuning = tune_sequences(
        searched,
        job.model,
        limit,
        job.training,
        metric=metric,
        directory=directory,
        resume=resume,
        queries=validation,
        listen=listen,
        reserve=0.0 if test is None else 2.0,
        began=began,
    )
    report = None
    if test is not None:
        try:
            prepared = prepare(train)
            used = used_by(job, name=str(path), split=str(parts), read=read, prepared=prepared)
            used["command"] = f"x2vec tune {quote(str(path))} {limit} --metric {metric}"
            report = _report(tuning, prepared, test, job, used, listen=listen)
        except KeyboardInterrupt as stop:
            if directory is not None:
                stop.add_note(f"the trials are in {directory / JOURNAL}; --resume reports on them")
            raise
    tuned = dataclasses.replace(tuning, report=report, job=JobFile(path, text))
    if directory is not None:
        tuned.to_html(directory / PAGE)
        tuned.write_job(directory / JOB)
    return tuned


def _report(
    tuning: Tuning,
    prepared: Prepared,
    test: Queries,
    job: Job,
    used: Mapping[str, Any],
    *,
    listen: Listener,
) -> Report:
    """Train the winner, the start and gensim's text defaults on the training part, and ask."""
    models: list[tuple[str, Model, QueryForm]] = [
        ("tuned", tuning.model, tuning.query),
        ("start", tuning.start, job.form),
        ("gensim's text defaults", GENSIM_TEXT, QueryForm("in-in")),
    ]
    settings = {called: {**to_dict(model), **to_dict(query)} for called, model, query in models}
    rankers: list[Ranker] = [
        dataclasses.replace(_fitted(prepared, model, query, job.training), name=called)
        for called, model, query in models
    ]
    assert job.evaluate is not None
    return evaluate_next_item(
        rankers,
        NextItemQueries.of(test, prepared.vocabulary),
        exclude_history=not prepared.corpus.ordered,
        corpus=prepared.corpus,
        ks=sorted({*job.evaluate.k, Objective(tuning.metric).k}),
        seed=job.training.seed,
        used={**used, "settings": {**used["settings"], **settings}},
        listen=listen,
    )


def _fitted(
    prepared: Prepared, model: Model, query: QueryForm, training: Training
) -> EmbeddingRanker:
    matrices = fit(
        prepared.corpus,
        model,
        engine=training.engine,
        seed=training.seed,
        workers=training.workers,
        deterministic=training.deterministic,
    )
    return ranker_on_trial(matrices, prepared.vocabulary.counts, model, query)
