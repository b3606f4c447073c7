"""One training under watch: it starts where a checkpoint says, is kept, and may end early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, log

from x2vec.corpus import Corpus
from x2vec.evaluation import NextItemQueries
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.config import Training
from x2vec.jobs.early_stopping import EarlyStopping, EpochWatch
from x2vec.jobs.keeper import Keeper
from x2vec.progress import Listener, Notice
from x2vec.recommendation import QueryForm
from x2vec.training import Matrices, Model, Side, SkipGram, fit

__all__ = ["fit_watched"]


def fit_watched(
    corpus: Corpus,
    model: Model,
    training: Training,
    *,
    query: QueryForm,
    validation: NextItemQueries | None,
    checkpoint: Checkpoint | None,
    resume: bool,
    listen: Listener,
    side: Side | None = None,
) -> tuple[Matrices, EarlyStopping | None]:
    """Train on a corpus.

    Args:
        corpus: What to learn from.
        model: What to learn.
        training: How.
        query: How the validation is asked.
        validation: What is asked after each epoch; None trains all epochs.
        checkpoint: Where the state is kept; None keeps none.
        resume: Whether to go on from the checkpoint, if there is one.
        listen: Hears the progress.
        side: What is known of the items beside the events.

    Returns:
        The matrices, those of the best epoch where there is a validation, with the losses of all
        epochs; and what was seen on the way.

    Raises:
        ConfigError: The checkpoint is of another training, or the engine cannot do what is asked.
        DamagedError: The checkpoint is not what was written.
        DivergedError: The vectors stopped being finite.
    """
    if checkpoint is not None and not training.keeps_checkpoints:
        if resume:
            text = f"engine {training.engine!r} keeps no checkpoint: training starts anew"
            listen(Notice("train", text))
        checkpoint = None
    watch = keeper = start = None
    if validation is not None:
        watch = EpochWatch(
            corpus, validation, model, query, patience=training.patience, listen=listen
        )
    if checkpoint is not None:
        keeper = Keeper(checkpoint, corpus, model, training, watch=watch, listen=listen, side=side)
        start = keeper.start(resume=resume)
    matrices = fit(
        corpus,
        model,
        engine=training.engine,
        seed=training.seed,
        workers=training.workers,
        deterministic=training.deterministic,
        listen=listen if keeper is None else keeper.hear,
        start=start,
        keep=None if keeper is None else keeper.keep,
        keep_every=training.checkpoint_every or inf,
        is_enough=watch,
        side=side,
    )
    if side is not None and isinstance(model, SkipGram):
        _tell_worse_than_nothing(matrices.losses, model, side, listen)
    if watch is None or watch.best is None:
        return matrices, None
    listen(Notice("train", str(watch.seen)))
    return replace(watch.best, losses=matrices.losses), watch.seen


def _tell_worse_than_nothing(
    losses: Sequence[float] | None, model: SkipGram, side: Side, listen: Listener
) -> None:
    """Tell of a loss above that of vectors that say nothing.

    An attribute of many items takes a step with each of them, so that a rate or a weight that is
    too high swings it to and fro, where all numbers stay finite.
    """
    nothing = (1 + model.negative + side.segment_negative) * log(2)
    if losses and losses[-1] > nothing:
        text = (
            f"the loss of a pair is {losses[-1]:.4g} in the last epoch, and {nothing:.4g} where "
            "vectors say nothing: attributes of many items take steps that are too large. Lower "
            "alpha, or weight or half_at of the side information."
        )
        listen(Notice("train", text))
