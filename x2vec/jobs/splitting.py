"""What is held out of a job's sequences: cut from them, or a test part that came by itself."""

from __future__ import annotations

from typing import Any

from x2vec.corpus import Sequences, Split, check_leaks, queries_of, subset
from x2vec.corpus import split as split_sequences
from x2vec.errors import DataError
from x2vec.jobs.config import Evaluate
from x2vec.jobs.report import SplitReport

__all__ = ["given", "refuse_other_kind", "split"]


def split(sequences: Sequences, how: Evaluate, *, seed: int) -> tuple[Split, SplitReport]:
    """Hold out what the job says, at most ``max_queries`` of it asked."""
    made = split_sequences(
        sequences,
        how.split,
        test=how.holdout,
        ask=how.ask,
        max_queries=how.max_queries,
        seed=seed,
    )
    return made, _report(made)


def given(
    train: Sequences, test: Sequences, how: Evaluate, *, seed: int
) -> tuple[Split, SplitReport]:
    """Ask a test part that comes from a source of its own, at most ``max_queries`` of it.

    Raises:
        DataError: Its items are numbers and those of the training part text, or it is of baskets
            and the other one of ordered sequences, or its sequences train too.
        NothingLeftError: None of its sequences has two events.
    """
    refuse_other_kind(train, test.items.type, is_ordered=test.ordered)
    queries = queries_of(test, ask=how.ask, max_queries=how.max_queries, seed=seed)
    check_leaks(train, queries)
    queries = subset(queries, how.max_queries, seed=seed)
    asked = {
        "last": "for one item",
        "each": "for each item after the first",
        "rest": "for all items of the rest",
    }[how.ask]
    made = Split(
        train=train,
        queries=queries,
        rows_held_out=test.n_events,
        description=f"a test part of its own, asked {asked} of each of its sequences",
    )
    return made, _report(made)


def refuse_other_kind(train: Sequences, items: Any, *, is_ordered: bool) -> None:
    """Refuse a test part that cannot be asked of what learnt from the training part.

    Raises:
        DataError: See ``given``.
    """
    if train.items.type != items:
        raise DataError(
            f"the items of the training part are {train.items.type}, those of the test part "
            f"{items}: none would be known. Read both in one type."
        )
    if train.ordered != is_ordered:
        kinds = {True: "ordered sequences", False: "baskets"}
        raise DataError(
            f"the training part is {kinds[train.ordered]}, the test part {kinds[is_ordered]}. "
            "Read both by one adapter."
        )


def _report(made: Split) -> SplitReport:
    n_asked = len(made.queries)
    n_askable = n_asked + made.queries.left_out
    return SplitReport(made.description, made.rows_held_out, n_askable, n_asked)
