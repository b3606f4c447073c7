"""Examples: which event is to be named, and which events of its sequence make the query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._draws import draw_below, next_bits, start_stream
from x2vec.corpus import Corpus
from x2vec.training.session_softmax import SessionSoftmax

__all__ = ["Batch", "Examples", "decayed"]

_TO_SHARE = 2.0**-53
_LEAST = 1e-30  # a float32 that has a logarithm


@dataclass(frozen=True, eq=False)
class Batch:
    """Some examples, written out.

    Attributes:
        targets: (n_examples,) int32 rows.
        rows: (n_examples, window) int32, the rows that make each query, the nearest event first;
            those of weight 0 do not.
        weights: (n_examples, window) float32, which sum to 1 in each query.
    """

    targets: NDArray[np.int32]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]


class Examples:
    """The examples of a corpus: every event with something before it, or beside it in a basket."""

    def __init__(self, corpus: Corpus, parameters: SessionSoftmax, seed: int) -> None:
        lengths = np.diff(corpus.offsets)
        first = np.repeat(corpus.offsets[:-1], lengths)
        places = np.arange(corpus.n_tokens)
        usable = places > first if corpus.ordered else np.repeat(lengths > 1, lengths)
        self._places = places[usable]
        self._corpus, self._parameters, self._seed = corpus, parameters, seed
        self._fades = np.ones(parameters.window, np.float32)
        if corpus.ordered:
            self._fades = decayed(parameters)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Return the order of the examples in an epoch, (n_examples,)."""
        return np.random.default_rng((self._seed, epoch)).permutation(len(self))

    def batch(
        self, chosen: NDArray[np.int64], epoch: int, fades: NDArray[np.float32] | None = None
    ) -> Batch:
        """Write out some examples; what is dropped or drawn depends on seed, epoch and place.

        Args:
            chosen: (n_examples,) which.
            epoch: From 0.
            fades: (window,) what an event weighs so many places before the nearest one; by the
                decay unless given, and in baskets all alike.
        """
        parameters = self._parameters
        shape = (len(chosen), parameters.window)
        rows, weights = np.zeros(shape, np.int32), np.zeros(shape, np.float32)
        places, offsets = self._places[chosen], self._corpus.offsets
        sequences = np.searchsorted(offsets, places, side="right") - 1
        fill_histories(
            self._corpus.rows,
            places,
            offsets[sequences],
            places if self._corpus.ordered else offsets[sequences + 1],
            self._fades if fades is None else fades,
            parameters.dropout,
            self._seed,
            epoch,
            rows,
            weights,
        )
        return Batch(np.asarray(self._corpus.rows[places]), rows, weights)


def decayed(parameters: SessionSoftmax) -> NDArray[np.float32]:
    """Return what an event weighs so many places before the last by the decay, (window,)."""
    fades = parameters.decay ** np.arange(parameters.window, dtype=np.float64)
    return np.maximum(fades, _LEAST).astype(np.float32)


@compiled
def fill_histories(
    tokens: NDArray[np.int32],
    places: NDArray[np.int64],
    firsts: NDArray[np.int64],
    ends: NDArray[np.int64],
    fades: NDArray[np.float32],
    dropout: float,
    seed: int,
    epoch: int,
    rows: NDArray[np.int32],
    weights: NDArray[np.float32],
) -> None:
    """Fill in the queries of some examples.

    Args:
        tokens: (n_tokens,) rows of the corpus.
        places: (n_examples,) where the targets stand.
        firsts: (n_examples,) where their sequences start.
        ends: (n_examples,) the place itself in an ordered sequence; in a basket where it ends.
        fades: (window,) what an event weighs so many places before the nearest one.
        dropout: Chance of an event to be left out.
        seed: Decides, with epoch and place, what is left out or drawn.
        epoch: From 0.
        rows: (n_examples, window), filled.
        weights: (n_examples, window) of zeros, filled.
    """
    stream = np.empty(1, np.uint64)
    window = rows.shape[1]
    for one in range(len(places)):
        start_stream(stream, seed, epoch, places[one])
        first, end, place = firsts[one], ends[one], places[one]
        others = end - first - (1 if end > place else 0)
        n = min(window, others)
        total = 0.0
        for slot in range(n):
            if end == place:
                at = place - 1 - slot
            else:
                drawn = np.int64(draw_below(stream, others)) if others > window else slot
                at = first + drawn
                at += 1 if at >= place else 0
            rows[one, slot] = tokens[at]
            is_dropped = (next_bits(stream) >> np.uint64(11)) * _TO_SHARE < dropout
            if not is_dropped:
                weights[one, slot] = fades[slot]
                total += fades[slot]
        if total == 0.0:  # one always stays: the last
            weights[one, 0] = 1.0
            total = 1.0
        for slot in range(n):
            weights[one, slot] /= total
