"""Rungs: the sequences that are trained on, a sample first, then more, then all.

The questions are those of sequences in all the data, so that a small sample does not also mean few
of them; the small rungs are asked some, all trials the same ones. What is halved from rung to rung
is the sequences and not the epochs: the learning rate falls over the epochs that a model asks for,
so a training that is cut short is not the beginning of the long one, while fewer sequences are a
smaller world of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from x2vec.corpus import Corpus, Queries, Sequences, subset
from x2vec.errors import NothingLeftError
from x2vec.evaluation import NextItemQueries
from x2vec.jobs.steps import Prepared, prepare

__all__ = ["ETA", "Rung", "company", "make_rungs"]

ETA: Final = 3
"""Of so many trials one goes on to the next rung, where so many times the sequences wait."""

_SHARES: Final = (1 / 9, 1 / 3, 1.0)
_LEAST_EVENTS: Final = 30_000
"""Below, a sample says more about chance than about settings, and training takes no time anyway."""


_QUERIES: Final = 1_500
"""Queries of the rungs before the last: a third of the trials goes on, so chance may err."""


@dataclass(frozen=True, eq=False)
class Rung:
    """One size of the problem.

    Attributes:
        share: The share of the sequences that is trained on.
        prepared: The sequences as training takes them.
        queries: The questions, in the rows of their vocabulary.
    """

    share: float
    prepared: Prepared
    queries: NextItemQueries


def make_rungs(train: Sequences, queries: Queries, *, seed: int) -> tuple[Rung, ...]:
    """Make the rungs, smallest first; the last one has all sequences.

    Args:
        train: What a model may see.
        queries: What it is asked.
        seed: Decides which sequences are in a sample; larger samples hold the smaller ones.

    Raises:
        NothingLeftError: There is no pair to train on.
    """
    draws = np.random.default_rng(seed).random(len(train))
    rungs = []
    for share in _SHARES:
        if share < 1 and share * train.n_events < _LEAST_EVENTS:
            continue
        try:
            prepared = prepare(train.keep_sequences(draws < share, reason="not in the sample"))
        except NothingLeftError:
            if share == 1:
                raise
            continue
        some = queries if share == 1 else subset(queries, _QUERIES, seed=seed)
        rungs.append(Rung(share, prepared, NextItemQueries.of(some, prepared.vocabulary)))
    return tuple(rungs)


def company(corpus: Corpus) -> float:
    """Return how many events stand in the sequence of an event, on average.

    Example:
        >>> from x2vec.corpus import Vocabulary
        >>> sequences = Sequences.from_lists([["a", "b", "c"], ["a"]])
        >>> company(Corpus.of(sequences, Vocabulary.of(sequences)))  # (3 * 3 + 1 * 1) / (3 + 1)
        2.5
    """
    lengths = np.diff(corpus.offsets).astype(np.float64)
    return float((lengths**2).sum() / max(1.0, lengths.sum()))
