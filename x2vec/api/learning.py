"""Embeddings from sequences: train, tune, and the presets they start from."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from x2vec import jobs as _jobs
from x2vec.api.refusals import refuse_beside_job, refuse_others
from x2vec.corpus import Sequences
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, UsageError
from x2vec.jobs import (
    Checkpoint,
    Limit,
    Preset,
    Publish,
    QueryChoice,
    SideInformation,
    SideSource,
    Training,
    Tuning,
)
from x2vec.progress import Listener, silent
from x2vec.recommendation import QueryForm
from x2vec.training import Model, SkipGram

__all__ = ["preset", "train", "tune"]


def preset(shape: str) -> Preset:
    """Return settings that suit a shape of data, as tuning found them (docs/presets.md).

    Args:
        shape: ``"basket"``, ``"session"``, ``"playlist"``, ``"ratings"``, ``"walk"`` or ``"text"``.

    Returns:
        A ``model`` to train, and the ``query`` form to ask it in.

    Raises:
        ConfigError: There is no such shape.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> train(orders, preset("basket").model)
        Embeddings(3 items of string, 64 dimensions, with context vectors)
    """
    return _jobs.preset(shape)


def train(
    sequences: Sequences,
    model: Model | None = None,
    *,
    items: Any = None,
    side: SideInformation | None = None,
    query: QueryForm | QueryChoice | None = None,
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    deterministic: bool = Training.deterministic,
    patience: int = Training.patience,
    validation_queries: int = Training.validation_queries,
    checkpoint: str | Path | None = None,
    checkpoint_every: float = Training.checkpoint_every,
    resume: bool = False,
    evidence: bool = Publish.evidence,
    listen: Listener = silent,
) -> Embeddings:
    """Train embeddings of the items in some sequences.

    Args:
        sequences: What to learn from; those of one event are left out, as they make no pair.
        model: What to learn; ``SkipGram()`` unless given, or a ``SessionSoftmax`` or an ``Elsa``.
        items: The item table that ``side`` names columns of: anything with
            ``__arrow_c_stream__``, or the path of a file, with a column ``item_id``.
        side: What a skip-gram learns from beside the events: attributes of the items, bookings.
        query: How the embeddings want to be asked for what comes next, which their manifest tells;
            as the model is trained for unless given. ``QueryChoice()`` has it chosen on held-out
            items, for the price of one more training.
        engine: ``"native"``, ``"gensim"``, ``"reference"``, or the name of a plug-in.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        patience: Epochs in a row without a better recall@20 of held-out items after which
            training ends, with the vectors of the best epoch; 0 trains all epochs.
        validation_queries: So many items are held out for that, at most, and at most one from a
            tenth of the sequences.
        checkpoint: A directory to keep the state of the training in, every ``checkpoint_every``
            seconds and when it is interrupted; removed when training is over.
        checkpoint_every: Seconds; 0 keeps the state only when interrupted.
        resume: Whether to go on from ``checkpoint``, if it is there.
        evidence: Whether the embeddings keep which items were together in the sequences, with ids
            of some of these, for ``complements``, ``substitutes`` and ``explain``.
        listen: Hears the progress.

    Raises:
        UsageError: ``sequences`` are something else, such as lists, or ``items`` came alone.
        ConfigError: An argument is out of bounds or asks for what the engine does not have, or
            the checkpoint is of another training; what differs is named.
        SourceError: The item table lacks a column, or describes none of the items.
        NothingLeftError: There is no pair, only one item, or nothing to measure epochs by.
        DivergedError: The vectors stopped being finite.
        DamagedError: The checkpoint is not what was written.
        PluginError: No such engine.

    Example:
        >>> baskets = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> train(baskets, SkipGram(vector_size=8, epochs=1), engine="reference")
        Embeddings(3 items of string, 8 dimensions, with context vectors)
    """
    refuse_others("train", sequences)
    training = Training(
        engine=engine,
        workers=workers,
        seed=seed,
        deterministic=deterministic,
        checkpoint_every=checkpoint_every,
        patience=patience,
        validation_queries=validation_queries,
    )
    model = SkipGram() if model is None else model
    if checkpoint is None and resume:
        raise UsageError("train: resume needs the checkpoint's directory: checkpoint = ...")
    if checkpoint is not None and not training.keeps_checkpoints:
        raise ConfigError(f"train: engine {engine!r} keeps no checkpoint; engine 'native' does")
    if items is not None and side is None:
        raise UsageError(
            "train: items came without side, so nothing says what to learn of them: "
            'side = SideInformation(categories="genre")'
        )
    source = None if side is None else SideSource(side, items)
    chosen = None
    if isinstance(query, QueryChoice):
        validation = _jobs.cut_validation(sequences, None, query, training, side=source)
        chosen = _jobs.choose_form(validation, model, query, training, listen=listen)
        query = chosen.form
    with nullcontext() if checkpoint is None else Checkpoint(checkpoint) as place:
        trained = _jobs.fit_sequences(
            sequences,
            model,
            training,
            query=query,
            side=source,
            checkpoint=place,
            resume=resume,
            listen=listen,
        )
        embeddings = trained.embeddings
        if evidence:
            embeddings = _jobs.with_evidence(embeddings, trained.prepared, listen=listen)
        if place is not None:
            place.remove(listen)
    return replace(embeddings, provenance=_jobs.with_choice(embeddings.provenance, chosen))


def tune(
    model: type[Model] | Model | str | Path,
    sequences: Sequences | None = None,
    *,
    budget: str | None = None,
    trials: int | None = None,
    metric: str = "ndcg@20",
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    to: str | Path | None = None,
    resume: bool = False,
    listen: Listener = silent,
) -> Tuning:
    """Search the settings of a model, and the query form, that rank held-out items best.

    The last item of each sequence is held out, or one at random of each basket. The first trial is
    the model as it is given, so what wins is at least as good there. Of a job, what is held out is
    cut from its training part as it cuts its test part, which is asked once the winner is known.

    Args:
        model: ``SkipGram``, ``SessionSoftmax`` or ``Elsa``, or one of them with the settings to
            start from. Alone, the path of a TOML job, which says data, engine, workers and seed
            itself.
        sequences: The training part; hold the test part out before.
        budget: How long, such as ``"10m"``; of a job, from reading to the report. A trial that
            would not end in time is not begun.
        trials: How many trials instead; the same seed then finds the same.
        metric: What settings are judged by, such as ``"hr@10"``.
        engine: As in ``train``.
        workers: Threads, which train one model at a time.
        seed: From 0 to 2**32 - 1.
        to: A directory to keep the trials in, as lines of JSON; of a job, the page and the job with
            the winner's settings too.
        resume: Whether to go on from the trials in ``to``, if there are any.
        listen: Hears how far it is, and of each trial that is the best so far.

    Returns:
        The tuning: ``model`` and ``query`` win; ``to_pandas`` gives the trials, ``to_html`` a page.

    Raises:
        UsageError: An argument is of another type, one was given that a job says itself, or resume
            was asked without ``to``.
        ConfigError: One is out of bounds, the trials in ``to`` are of another tuning, or the job
            is wrong.
        MissingPackageError: Optuna, the extra ``tune``, is not installed.
        NothingLeftError: There is nothing to hold out, or no pair to train on.

    Example:
        >>> orders = [["tea", "milk", "jam"], ["tea", "sugar", "milk"], ["jam", "bread", "tea"]]
        >>> best = tune(SkipGram(vector_size=8), Sequences.from_lists(orders), trials=2)
        >>> len(best.trials), best.metric
        (2, 'ndcg@20')
    """
    if resume and to is None:
        raise UsageError("tune: resume needs the directory of the trials: to = ...")
    directory, limit = None if to is None else Path(to), Limit(budget, trials)
    if isinstance(model, str | Path) and sequences is None:
        refuse_beside_job("tune", engine=engine, workers=workers, seed=seed)
        return _jobs.tune_job(
            model, limit, metric=metric, directory=directory, resume=resume, listen=listen
        )
    if isinstance(model, type) and issubclass(model, Model):
        model = model()
    if not isinstance(model, Model):
        raise UsageError(
            f"tune: got {model!r}; expected SkipGram, SessionSoftmax or Elsa, or one of them with "
            "some settings, and sequences; or the path of a job alone"
        )
    refuse_others("tune", sequences)
    assert isinstance(sequences, Sequences)
    return _jobs.tune_sequences(
        sequences,
        model,
        limit,
        Training(engine=engine, workers=workers, seed=seed),
        metric=metric,
        directory=directory,
        resume=resume,
        listen=listen,
    )
