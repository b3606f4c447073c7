"""Sequences from any source, looked at and split: read, profile, split."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from x2vec import jobs as _jobs
from x2vec.api.refusals import refuse_others
from x2vec.corpus import SequenceRules, Sequences, Split
from x2vec.corpus import split as _split
from x2vec.errors import UsageError
from x2vec.jobs import (
    Source,
    Training,
)
from x2vec.profiling import Profile, profile_sequences
from x2vec.progress import Listener, silent

__all__ = ["profile", "read", "split"]


def read(
    adapter: str,
    source: Any,
    /,
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
        The sequences as they stand in the source, cut and cleaned as the adapter's options ask;
        ``clean`` cuts and filters them further. Their ledger counts the rows that were set aside.

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


def profile(
    source: str | Path | Sequences,
    rules: SequenceRules | None = None,
    *,
    listen: Listener = silent,
) -> Profile:
    """Say what data are like, what is suspicious about them, and which settings fit them.

    Args:
        source: A TOML job, which is read as a run reads it, or sequences as ``read`` returns them.
        rules: What would be done with sequences before training; a job says so itself.
        listen: Hears how many rows are read.

    Returns:
        The profile: ``print`` shows it, ``to_html`` and ``to_dict`` give the page and plain values.

    Raises:
        UsageError: ``source`` is something else, or rules were given beside a job.
        NothingLeftError: There are no events.
        SourceError: The source cannot be read, or the rules have a gap and the events no clock.
        ConfigError: The job is wrong.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> seen = profile(orders)
        >>> seen.n_items, seen.lengths.median, seen.findings
        (3, 2, ())
    """
    if isinstance(source, str | Path):
        if rules is not None:
            raise UsageError("profile: a job has rules of its own; leave rules out")
        return _jobs.profile_job(source, listen=listen)
    refuse_others("profile", source)
    return profile_sequences(source, rules)


def split(
    sequences: Sequences,
    by: str | None = None,
    *,
    test: float = 0.1,
    ask: str = "last",
    max_queries: int | None = None,
    seed: int = Training.seed,
) -> Split:
    """Hold a part out, and make the queries that ask for it.

    Args:
        sequences: What to split, cleaned already.
        by: ``"time"`` trains strictly before a moment and asks after it; the default where events
            have a clock. ``"leave-last-out"`` holds out the last item of each sequence, or one of
            each basket; the default elsewhere. ``"sequences"`` holds out whole sequences, and
            ``"items"`` items, for cold start.
        test: Share that is held out: of the events by time, else of the sequences or the items.
        ask: ``"last"`` asks each held-out sequence for one item, the last or any one of a basket;
            ``"each"`` for every item after the first; ``"rest"`` for all items of its rest at once.
        max_queries: More queries than that are drawn from.
        seed: Decides every draw.

    Returns:
        The split, which unpacks: ``train, test = split(sequences)``.

    Raises:
        UsageError: ``sequences`` are something else, such as lists.
        ConfigError: An argument is unknown or out of bounds, or the events have no times to
            split by.
        NothingLeftError: One side is empty.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk", "jam"], ["tea", "jam"]])
        >>> train, test = split(orders, by="leave-last-out")
        >>> len(train), len(test)
        (2, 2)
    """
    refuse_others("split", sequences)
    return _split(sequences, by, test=test, ask=ask, max_queries=max_queries, seed=seed)
