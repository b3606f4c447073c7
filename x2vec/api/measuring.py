"""What models are worth: evaluate."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from x2vec import jobs as _jobs
from x2vec.api.refusals import CUT_OFF, refuse_beside_job, refuse_others
from x2vec.corpus import Queries, Sequences
from x2vec.errors import UsageError
from x2vec.evaluation import Report
from x2vec.jobs import Training
from x2vec.progress import Listener, silent

__all__ = ["evaluate"]


def evaluate(
    models: Any,
    train: Sequences | None = None,
    test: Queries | Sequences | None = None,
    *,
    k: int | Sequence[int] = CUT_OFF,
    seed: int = Training.seed,
    workers: int = Training.workers,
    engine: str = Training.engine,
    listen: Listener = silent,
) -> Report:
    """Measure models on one test part, each against the whole catalogue, with intervals.

    Args:
        models: The one on trial first. Each is parameters, which are trained on the training part
            (``SkipGram(...)``, called "skipgram", "skipgram 2" ...), by themselves or with the
            query form of a ``preset`` ("preset") or a ``tune`` ("tuned"); the name of a baseline,
            such as ``"popularity"``; ``"hybrid"``, the mixture of parameters and baselines by
            weights learnt on a part of ``train``; embeddings that are trained already; or a fitted
            ranker in the rows of the training part's vocabulary. Alone, the path of a TOML job,
            which says all the rest itself.
        train: What the models may learn from.
        test: What they are asked: the queries of ``split``, or sequences, each of which is asked
            for its last item.
        k: The cut-off of the metrics, or several.
        seed: Of training, of baselines that draw, and of the queries of sequences.
        workers: Threads of the training.
        engine: What trains.
        listen: Hears the progress.

    Returns:
        The report: ``to_pandas``, ``compare``, ``to_markdown``, ``to_html``, ``save``.

    Raises:
        UsageError: A model is none or has an unknown name, ``train`` is something else, or what a
            job says itself was given beside it.
        ConfigError: A cut-off is out of bounds or beyond the catalogue, or the job is wrong.
        DataError: What is asked was trained on, training and test part are of two kinds, or the
            data are too much for a baseline.
        NothingLeftError: Nothing is left to train on or to ask.

    Example:
        >>> from x2vec import split
        >>> orders = Sequences.from_lists([["tea", "milk", "jam"], ["tea", "milk", "jam"]] * 9)
        >>> train, test = split(orders, by="leave-last-out")
        >>> report = evaluate(["popularity", "cooccurrence"], train, test, k=1)
        >>> report.models, report.n_queries
        (('popularity', 'cooccurrence'), 18)
    """
    if train is None and test is None:
        if not isinstance(models, str | Path):
            raise UsageError(
                "evaluate: give models, a training part and a test part, as split makes them; or "
                "the path of a job alone"
            )
        refuse_beside_job("evaluate", k=k, engine=engine, workers=workers, seed=seed)
        return _jobs.evaluate_job(models, listen=listen).report
    refuse_others("evaluate", train)
    if not isinstance(test, Queries | Sequences):
        raise UsageError(
            f"evaluate: the test part is {type(test).__name__}; expected Queries, as split makes "
            "them, or Sequences"
        )
    assert isinstance(train, Sequences)
    training = Training(engine=engine, workers=workers, seed=seed)
    return _jobs.contest(models, train, test, k=k, training=training, listen=listen)
