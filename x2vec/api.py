"""The verbs in Python: read, train, load, run, check. Each calls what the command line calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from x2vec import embeddings as _embeddings
from x2vec import jobs as _jobs
from x2vec.corpus import Sequences
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.jobs import CheckReport, RunReport, Source, Training
from x2vec.progress import Listener, silent
from x2vec.training import SkipGram

__all__ = ["check", "load", "read", "run", "train"]


def read(
    adapter: str,
    source: Any,
    *,
    max_missing_share: float = Source.max_missing_share,
    listen: Listener = silent,
    **options: Any,
) -> Sequences:
    """Read any source into sequences.

    Args:
        adapter: The adapter's name, such as ``"events"`` or ``"baskets"``.
        source: What it reads: a path, a glob, several paths, or a table in memory.
        max_missing_share: Share of rows, 0 to 1, that may lack an id or a time.
        listen: Hears how many rows are read.
        options: The adapter's own options, such as ``sequence``, ``item`` and ``time``.

    Returns:
        The sequences as they stand in the source; ``clean`` cuts and filters them. Their ledger
        counts the rows that were set aside.

    Raises:
        PluginError: No such adapter.
        UsageError: An option that the adapter does not have.
        SourceError: The source cannot be read, or its rows break the schema of events.

    Example:
        >>> import pyarrow as pa
        >>> table = pa.table({"order": [1, 1, 2], "sku": ["tea", "milk", "tea"]})
        >>> read("baskets", table, sequence="order", item="sku")
        <2 baskets, 3 events, 2 items>
    """
    return _jobs.read_sequences(
        adapter, {"path": source, **options}, max_missing_share=max_missing_share, listen=listen
    )


def train(
    sequences: Sequences,
    model: SkipGram | None = None,
    *,
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    listen: Listener = silent,
) -> Embeddings:
    """Train embeddings of the items in some sequences.

    Args:
        sequences: What to learn from; those of one event are left out, as they make no pair.
        model: What to learn; ``SkipGram()`` unless given.
        engine: ``"native"``, ``"gensim"``, ``"reference"``, or the name of a plug-in.
        workers: Threads. With one, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        listen: Hears the progress.

    Raises:
        UsageError: ``sequences`` are something else, such as lists.
        ConfigError: ``workers`` or ``seed`` is out of bounds.
        NothingLeftError: There is no pair, or only one item.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.

    Example:
        >>> baskets = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> train(baskets, SkipGram(vector_size=8, epochs=1), engine="reference")
        Embeddings(3 items of string, 8 dimensions, with context vectors)
    """
    if not isinstance(sequences, Sequences):
        raise UsageError(
            f"train: got {type(sequences).__name__}; expected Sequences. Make them of lists by "
            "Sequences.from_lists(lists), or of a source by read."
        )
    training = Training(engine=engine, workers=workers, seed=seed)
    model = SkipGram() if model is None else model
    return _jobs.fit_sequences(sequences, model, training, listen=listen).embeddings


def load(path: str | Path, *, version: str | None = None) -> Embeddings:
    """Open embeddings: a store (its latest version), a saved directory, or an items.parquet.

    Raises:
        DamagedError: The bytes are not what the manifest says; nothing of them is used.
        StorageError: There is nothing to read.
    """
    return _embeddings.load(path, version=version)


def run(job: str | Path, *, listen: Listener = silent) -> RunReport:
    """Run a TOML job from its source to a published store.

    Raises:
        X2VecError: Whatever went wrong; nothing is published then.
    """
    return _jobs.run(job, listen=listen)


def check(job: str | Path) -> CheckReport:
    """Check a TOML job without running it.

    Raises:
        X2VecError: Every problem found, in one message.
    """
    return _jobs.check(job)
