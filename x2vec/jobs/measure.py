"""The part that a run and an evaluation share once all is read: fit, train, measure."""

from __future__ import annotations

from dataclasses import dataclass

from x2vec.evaluation import Report
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.choosing import Chosen, choose_form
from x2vec.jobs.config import Job, QueryChoice
from x2vec.jobs.hybrid import hybrid_of_job
from x2vec.jobs.models import model_beside
from x2vec.jobs.rankers import HYBRID, MODELS, embedding_rankers, fit_baselines
from x2vec.jobs.reading import Ready
from x2vec.jobs.steps import Trained, check_cut_offs, evaluate, fit_prepared
from x2vec.jobs.used import used_by
from x2vec.jobs.watch import Watch
from x2vec.progress import Listener

__all__ = ["Measured", "measure"]


@dataclass(frozen=True, eq=False)
class Measured:
    """What a job has learnt, and how good it is.

    Attributes:
        trained: The embeddings.
        report: What the models measured; None where nothing is held out.
        chosen: How the query form was chosen; None where the job says it.
    """

    trained: Trained
    report: Report | None
    chosen: Chosen | None = None


def measure(
    job: Job,
    ready: Ready,
    *,
    name: str,
    watch: Watch,
    hear: Listener,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
) -> Measured:
    """Fit the baselines, train, and evaluate all of them.

    Args:
        job: The job; its paths may be as written.
        ready: What was read.
        name: What the report calls the job.
        watch: Takes the time of each step.
        hear: Hears the progress.
        checkpoint: Where the state of the training is kept, if it is.
        resume: Whether to go on from it.

    Raises:
        X2VecError: Whatever went wrong.
    """
    how, prepared = job.evaluate, ready.prepared
    baselines = []
    if how is not None:  # before training, which takes longer and may be in vain
        check_cut_offs(how.k, len(prepared.vocabulary))
        baselines = fit_baselines(
            prepared.corpus,
            how.chosen,
            seed=job.training.seed,
            needed=how.floor.model if how.floor else None,
            listen=hear,
        )
        watch.lap("baselines")
    query, chosen = job.form, None
    if ready.validation is not None and isinstance(job.query, QueryChoice):
        chosen = choose_form(ready.validation, job.model, job.query, job.training, listen=hear)
        query = chosen.form
        watch.lap("choose query")
    trained = fit_prepared(
        prepared,
        job.model,
        job.training,
        query=query,
        checkpoint=checkpoint,
        resume=resume,
        listen=hear,
    )
    watch.lap("train")
    if how is None or ready.queries is None:
        return Measured(trained, None, chosen)
    asked = embedding_rankers(trained.embeddings, job.model, trained.query, beside=how.chosen)
    others = [model_beside(job, name, prepared, hear) for name in how.chosen if name in MODELS]
    if others:
        watch.lap("other models")
    rankers = [*asked, *others, *baselines]
    used = used_by(job, name=name, split=str(ready.split), read=ready.read, prepared=prepared)
    if chosen is not None:
        used["settings"]["query"] = {**used["settings"]["query"], "chosen": str(trained.query)}
    if ready.train is not None:
        fitted = {ranker.name: ranker for ranker in rankers}
        mixed = hybrid_of_job(ready.train, prepared, job, query, fitted=fitted, listen=hear)
        if mixed is not None:
            rankers.append(mixed.hybrid)
            used["settings"][HYBRID] = mixed.mixture.to_dict()
        watch.lap(HYBRID)
    report = evaluate(
        rankers, ready.queries, prepared, k=how.k, seed=job.training.seed, used=used, listen=hear
    )
    watch.lap("evaluate")
    return Measured(trained, report, chosen)
