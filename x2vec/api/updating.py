"""Embeddings that learn from new sequences: update."""

from __future__ import annotations

from x2vec import jobs as _jobs
from x2vec.api.refusals import refuse_others
from x2vec.corpus import Sequences
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.jobs import Training, Update
from x2vec.progress import Listener, silent
from x2vec.training import SkipGram

__all__ = ["update"]


def update(
    embeddings: Embeddings,
    sequences: Sequences,
    model: SkipGram | None = None,
    *,
    weight: float = 1.0,
    min_count: int = 1,
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    deterministic: bool = Training.deterministic,
    listen: Listener = silent,
) -> Update:
    """Let embeddings learn from new sequences, without the old ones.

    New items get a vector. Items with new events move, by the share that these have in all their
    events. Items without stay exactly where they were, and nothing is rotated, so what was made
    for the old vectors can go on reading them; ``Update.drift`` says how far they have moved.

    Args:
        embeddings: What was learnt so far, with context vectors.
        sequences: What is new, and only that: events that were trained on before count twice.
        model: How to train; unless given, as the embeddings say that they were trained.
        weight: What a new event weighs against an old one; above 1, what is recent counts more
            and the old vectors move further.
        min_count: Items that are new and have fewer events are left out, as in training.
        engine: ``"native"``, or the name of a plug-in that can start from given vectors.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        listen: Hears the progress.

    Returns:
        The embeddings, their counts summed up, with nulls in the metadata of new items; and the
        drift, which the manifest keeps among the metrics.

    Raises:
        UsageError: An argument is of another type, or the embeddings have no context vectors or
            were trained in a way that cannot be continued.
        ConfigError: An argument is out of bounds, ``model`` has another vector size than the
            embeddings, or the engine cannot start from given vectors.
        DataError: The items are numbers on one side and text on the other.
        NothingLeftError: There is no pair, or only one item.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.

    Example:
        >>> from x2vec.api import train
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> yesterday = train(orders, SkipGram(vector_size=8))
        >>> today = Sequences.from_lists([["tea", "honey"], ["tea", "milk"]], ordered=False)
        >>> updated = update(yesterday, today)
        >>> updated.embeddings.items.to_pylist(), updated.drift.n_new
        (['tea', 'milk', 'honey', 'sugar'], 1)
        >>> bool((updated.embeddings["sugar"] == yesterday["sugar"]).all())
        True
    """
    if not isinstance(embeddings, Embeddings):
        raise UsageError(
            f"update: got {type(embeddings).__name__}; expected Embeddings. Open a store by load; "
            "what an update made has them as its .embeddings."
        )
    refuse_others("update", sequences)
    training = Training(engine=engine, workers=workers, seed=seed, deterministic=deterministic)
    return _jobs.update_embeddings(
        embeddings, sequences, model, training, weight=weight, min_count=min_count, listen=listen
    )
