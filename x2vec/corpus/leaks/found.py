"""What the detector found, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits import Queries

__all__ = ["Leaks", "told"]

_SHOWN: Final = 5


@dataclass(frozen=True)
class Leaks:
    """What the training part holds and must not.

    Attributes:
        rule: What was found, in words; empty where nothing was.
        n: How many queries leak.
        n_queries: Of how many.
        first: The first five of them, each with its sequence, and its item and time if they decide.
    """

    rule: str
    n: int
    n_queries: int
    first: tuple[str, ...]

    def __bool__(self) -> bool:
        """Say whether anything leaks."""
        return self.n > 0

    def __str__(self) -> str:
        if not self:
            return "no leak"
        more = f" and {self.n - len(self.first):,} more" if self.n > len(self.first) else ""
        return (
            f"{self.n:,} of {self.n_queries:,} queries leak: {self.rule}. "
            f"They are {'; '.join(self.first)}{more}."
        )


def told(
    leaking: NDArray[np.bool_], queries: Queries, rule: str, *, with_item: bool = False
) -> Leaks:
    """Put what was found into words, one entry a sequence where only its id decides."""
    found = np.flatnonzero(leaking)
    if not len(found):
        return Leaks("", 0, len(queries), ())
    histories = queries.histories
    owners = queries.owners
    if with_item:
        some = found[:_SHOWN]
    else:
        _, first = np.unique(histories.origins[owners[found]], return_index=True)
        some = found[np.sort(first)[:_SHOWN]]
    names = histories.names.take(pa.array(histories.origins[owners[some]])).to_pylist()
    words = [f"sequence {name!r}" for name in names]
    if with_item:
        items = histories.items.take(pa.array(queries.targets[some])).to_pylist()
        words = [f"{one}, item {item!r}" for one, item in zip(words, items, strict=True)]
        if queries.times is not None:
            times = queries.times[some].tolist()
            words = [
                f"{one} at {_moment(t, histories)}" for one, t in zip(words, times, strict=True)
            ]
    return Leaks(rule, len(np.unique(owners[found])), len(queries), tuple(words))


def _moment(time: int, sequences: Sequences) -> str:
    return f"{np.datetime64(time, 'us')}" if sequences.has_clock else f"position {time}"
