"""Early stopping: items held out of the training part tell which epoch was the best.

After each epoch the ranker on trial ranks the catalogue for them. Once some epochs have brought
nothing better, training ends; the vectors are those of the best epoch, wherever it ended.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from x2vec.corpus import Corpus, Queries, Sequences
from x2vec.errors import NothingLeftError
from x2vec.evaluation import NextItemQueries, hit_rate
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.progress import Listener, Progress
from x2vec.recommendation import QueryForm
from x2vec.training import Matrices, Model

__all__ = ["EarlyStopping", "EpochWatch", "hold_out"]

_K = 20
_MOST_SHARE = 0.1  # of the sequences: a small corpus keeps most of what it can learn from


@dataclass(frozen=True)
class EarlyStopping:
    """What was seen while training, epoch by epoch.

    Attributes:
        metric: What is measured.
        recalls: Recall@20 after each epoch that was trained: the share of the queries whose
            held-out item stands among the first 20 of the catalogue.
        n_queries: Queries.
        planned: Epochs that the model asks for.
        patience: Epochs in a row without a better recall after which training ends.
    """

    metric: ClassVar[str] = f"recall@{_K}"

    recalls: tuple[float, ...]
    n_queries: int
    planned: int
    patience: int

    @property
    def best_epoch(self) -> int:
        """The epoch whose vectors are kept, from 1: the first one with the best recall."""
        return 1 + int(np.argmax(self.recalls))

    @property
    def is_over(self) -> bool:
        """Whether patience has run out."""
        return len(self.recalls) - self.best_epoch >= self.patience

    @property
    def reason(self) -> str:
        """Why training ended, in words."""
        ended = len(self.recalls)
        if ended < self.planned:
            return (
                f"ended after epoch {ended} of {self.planned}: "
                f"no better {self.metric} for {self.patience} epochs"
            )
        return f"all {self.planned} epochs trained"

    def to_dict(self) -> dict[str, object]:
        """Return all of it as plain values for JSON."""
        return {
            "metric": self.metric,
            "n_queries": self.n_queries,
            "patience": self.patience,
            "recalls": list(self.recalls),
            "best_epoch": self.best_epoch,
            "reason": self.reason,
        }

    def __str__(self) -> str:
        best = f"{self.metric} {max(self.recalls):.4f}"
        return f"{self.reason}; the vectors are those of epoch {self.best_epoch}, {best}"


class EpochWatch:
    """Measures each epoch, and keeps the matrices of the best one.

    Attributes:
        query: How a history is asked.
        recalls: As in ``EarlyStopping``, of the epochs so far.
        best: The matrices of the best epoch so far; None before the first.
    """

    def __init__(
        self,
        corpus: Corpus,
        queries: NextItemQueries,
        model: Model,
        query: QueryForm,
        *,
        patience: int,
        listen: Listener,
    ) -> None:
        self.query = query
        self.recalls: tuple[float, ...] = ()
        self.best: Matrices | None = None
        self._corpus = corpus
        self._counts = corpus.counts()
        self._queries = queries
        self._model = model
        self._patience = patience
        self._listen = listen

    @property
    def seen(self) -> EarlyStopping:
        """What was seen so far."""
        return EarlyStopping(self.recalls, len(self._queries), self._model.epochs, self._patience)

    def __call__(self, matrices: Matrices) -> bool:
        """Measure the epoch that has just ended, and return whether training shall end too."""
        recall = self._recall(matrices)
        if recall > max(self.recalls, default=-1.0):
            self.best = matrices
        self.recalls = (*self.recalls, recall)
        epoch, n_tokens = len(self.recalls), self._corpus.n_tokens
        total = n_tokens * self._model.epochs
        figures = {"epoch": epoch, EarlyStopping.metric: recall}
        self._listen(Progress("train", n_tokens * epoch, total, "tokens", figures))
        return self.seen.is_over

    def digest(self) -> str:
        """Return the sha256 of what is asked and of the answers, in hexadecimal."""
        queries = self._queries
        made = hashlib.sha256(f"{queries.histories.n_items} {len(queries)} ".encode())
        for array in (queries.histories.offsets, queries.histories.rows, queries.targets):
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()

    def _recall(self, matrices: Matrices) -> float:
        """With one right item a query, recall is the hit rate."""
        ranker = ranker_on_trial(matrices, self._counts, self._model, self.query)
        return hit_rate(ranker, self._queries, k=_K, exclude_history=not self._corpus.ordered)


def hold_out(sequences: Sequences, n: int, *, seed: int) -> tuple[Sequences, Queries]:
    """Cut one item from each of some sequences: the last one, or any one of a basket.

    Sequences of three events or more are drawn at random, at most ``n`` and a tenth of all. So
    each still makes a pair; and an item whose events would all be held out keeps them, so that
    every item still gets a vector.

    Returns:
        What is left to train on, and the queries that ask for the cut items.

    Raises:
        NothingLeftError: There is no such sequence or item.
    """
    draws = np.random.default_rng(seed)
    long = np.flatnonzero(sequences.lengths >= 3)
    most = min(n, max(1, int(_MOST_SHARE * len(sequences))))
    chosen = np.sort(draws.permutation(long)[:most])
    starts, ends = sequences.offsets[chosen], sequences.offsets[chosen + 1]
    events = ends - 1
    if not sequences.ordered:
        events = starts + (draws.random(len(chosen)) * (ends - starts)).astype(np.int64)
    cut = np.bincount(sequences.codes[events], minlength=len(sequences.items))
    stays = (sequences.counts() > cut)[sequences.codes[events]]
    chosen, events = chosen[stays], events[stays]
    if not len(chosen):
        raise NothingLeftError(
            "Nothing to measure epochs by: patience takes a sequence of three events or more with "
            f"an item that is in another one too. Of {len(sequences):,} sequences {len(long):,} "
            "have three events, and none that was drawn has such an item. Set patience = 0, or "
            "bring more data."
        )
    kept = np.ones(sequences.n_events, dtype=bool)
    kept[events] = False
    is_asked = np.zeros(len(sequences), dtype=bool)
    is_asked[chosen] = True
    codes = sequences.codes[events]
    train = sequences.keep(kept, reason="held out: tells when training is enough")
    return train, Queries(train.keep_sequences(is_asked, reason="not asked"), codes)
