"""The value that every way of splitting returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.queries import Queries

__all__ = ["Split"]


@dataclass(frozen=True, eq=False)
class Split:
    """The training part, and the queries on what was held out.

    It unpacks: ``train, test = split(sequences)``.

    Attributes:
        train: What a model may see.
        queries: What it is asked.
        rows_held_out: Events that are in no training sequence; together with those of ``train``
            they are all events that were split.
        description: How it was split, in words.
    """

    train: Sequences
    queries: Queries
    rows_held_out: int
    description: str

    def __iter__(self) -> Iterator[Sequences | Queries]:
        """Give the training part, then the queries."""
        yield self.train
        yield self.queries
