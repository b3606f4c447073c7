"""The models that a job trains, each as a ranker: the one on trial, and those beside it."""

from __future__ import annotations

import dataclasses

from x2vec.jobs.config import Job
from x2vec.jobs.presets import preset_of
from x2vec.jobs.rankers import MODELS, ranker_on_trial
from x2vec.jobs.steps import Prepared, Trained, fit_prepared
from x2vec.progress import Listener, Notice, Progress
from x2vec.recommendation import EmbeddingRanker, QueryForm, Ranker

__all__ = ["as_ranker", "model_beside", "model_on_trial", "staged"]


def model_on_trial(job: Job, query: QueryForm, prepared: Prepared, listen: Listener) -> Ranker:
    """Train the model of a job on another part than its own, under the name that reports use."""
    trained = fit_prepared(prepared, job.model, job.training, query=query, listen=listen)
    return as_ranker(trained)


def model_beside(job: Job, name: str, prepared: Prepared, listen: Listener) -> Ranker:
    """Train a model beside the one on trial, by the preset of the job's shape."""
    kept = preset_of(job.preset, job.source.adapter)
    is_preset = kept is not None and isinstance(kept.model, MODELS[name])
    model = kept.model if kept is not None and is_preset else MODELS[name]()
    query = kept.query if kept is not None and is_preset else None
    query = query or QueryForm.of(model, ordered=prepared.corpus.ordered)
    hear = staged(listen, name)
    prepared = dataclasses.replace(prepared, beside=None)  # which is of the model on trial
    return as_ranker(fit_prepared(prepared, model, job.training, query=query, listen=hear), name)


def as_ranker(trained: Trained, name: str | None = None) -> EmbeddingRanker:
    """Return what was trained as a ranker, by a name or by that which its query form has."""
    embeddings = trained.embeddings
    made = ranker_on_trial(embeddings, embeddings.counts, trained.model, trained.query)
    return made if name is None else dataclasses.replace(made, name=name)


def staged(listen: Listener, name: str) -> Listener:
    """Return a listener whose events say of whom they are."""

    def hear_it(event: Progress | Notice) -> None:
        listen(dataclasses.replace(event, stage=f"{event.stage} {name}"))

    return hear_it
