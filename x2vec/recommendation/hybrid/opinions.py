"""Opinions: what several parts say of a few candidates of each query, to learn weights from.

A part's scores of the whole catalogue are looked at once, a block of queries at a time. Kept are
its scores of the candidates: the first items of each part, and a sample of the others that stands
for all of them. So what learning costs does not grow with the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.hybrid.scale import Scale, Spread
from x2vec.recommendation.ranker import Ranker

__all__ = ["Opinions"]

FIRST = 100
"""So many first items of each part are candidates: the first 20 of a mixture are among them."""

SAMPLE = 200
"""So many items, drawn for each block of queries, stand for all that are nobody's candidates."""

BLOCK_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class Opinions:
    """Scores of candidates, those of a query side by side.

    Attributes:
        offsets: (n_queries + 1,) int64, where the candidates of each query start.
        targets: (n_queries,) int64, which of all candidates is the target of each query.
        scores: (n_parts, n_candidates) float32; 0 where a part does not answer the query.
        answered: (n_parts, n_queries) bool.
        spread: Of all scores, each (n_parts, n_queries).
        counts: (n_candidates,) float32, how many items each stands for.
        held: (2, n_candidates) float32, 1 where the history holds the candidate, and where it is
            the last item of the history.
    """

    offsets: NDArray[np.int64]
    targets: NDArray[np.int64]
    scores: NDArray[np.float32]
    answered: NDArray[np.bool_]
    spread: Spread
    counts: NDArray[np.float32]
    held: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        parts: Sequence[Ranker],
        histories: Histories,
        targets: NDArray[np.int32],
        *,
        exclude_history: bool,
        seed: int = 1,
    ) -> Opinions:
        """Ask parts.

        Args:
            parts: Fitted to one vocabulary.
            histories: The queries.
            targets: (n_queries,) int32, the rows of the right items.
            exclude_history: Whether the items of a history leave its ranking; none is a target.
            seed: Decides which items stand for others.
        """
        random = np.random.default_rng(seed)
        n = max(1, BLOCK_BYTES // (4 * max(histories.n_items, 1) * max(len(parts), 1)))
        blocks = []
        for start in range(0, len(histories), n):
            asked = histories.take(np.arange(start, min(start + n, len(histories))))
            left_out = asked.distinct() if exclude_history else None
            blocks.append(_ask(parts, asked, targets[start : start + n], left_out, random))
        return _joined(blocks)

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.targets)

    @cached_property
    def owners(self) -> NDArray[np.int64]:
        """The query of each candidate, (n_candidates,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    def on(self, scales: Sequence[Scale]) -> NDArray[np.float32]:
        """Return the scores on the scale of each part, then ``held``: (n_parts + 2, n_candidates).

        All is float32; 0 is what a part says of a query that it does not answer.
        """
        scaled = [
            scale.on(scores, self.spread[part, self.owners]) * self.answered[part, self.owners]
            for part, (scale, scores) in enumerate(zip(scales, self.scores, strict=True))
        ]
        return np.stack([*scaled, *self.held])

    def part(self, part: int) -> Opinions:
        """Return that of one part alone, whoever the candidates come from."""
        one = slice(part, part + 1)
        return replace(
            self, scores=self.scores[one], answered=self.answered[one], spread=self.spread[one]
        )

    def take(self, queries: NDArray[np.bool_]) -> Opinions:
        """Return that of some queries, by a mask over all."""
        kept = queries[self.owners]
        offsets = offsets_of(np.diff(self.offsets)[queries])
        return Opinions(
            offsets,
            offsets[:-1] + (self.targets - self.offsets[:-1])[queries],
            self.scores[:, kept],
            self.answered[:, queries],
            self.spread[:, queries],
            self.counts[kept],
            self.held[:, kept],
        )


def _ask(
    parts: Sequence[Ranker],
    histories: Histories,
    targets: NDArray[np.int32],
    left_out: tuple[NDArray[np.int64], NDArray[np.int64]] | None,
    random: np.random.Generator,
) -> Opinions:
    n_queries, n_items = shape = (len(histories), histories.n_items)
    answered = np.stack([part.answers(histories) for part in parts])
    scores = np.zeros((len(parts), *shape), dtype=np.float32)
    for part, asked, found in zip(parts, answered, scores, strict=True):
        found[asked] = part.scores(histories.take(asked))
    stays = np.ones(shape, dtype=np.bool_)
    if left_out is not None:
        stays[left_out] = False
    chosen = np.zeros(shape, dtype=np.bool_)
    for found in scores:
        chosen |= _first(np.where(stays, found, -np.inf))
    chosen[np.arange(n_queries), targets] = True
    others = stays & ~chosen
    drawn = np.zeros(shape, dtype=np.bool_)
    sample = random.choice(n_items, min(SAMPLE, n_items), replace=False)
    drawn[:, sample] = others[:, sample]
    stand_for = others.sum(axis=1) / np.maximum(drawn.sum(axis=1), 1)
    queries, rows = np.nonzero(chosen | drawn)
    places = queries * n_items + rows
    return Opinions(
        offsets_of(np.bincount(queries, minlength=n_queries)),
        np.searchsorted(places, np.arange(n_queries) * n_items + targets),
        scores[:, queries, rows],
        answered,
        _stacked([Spread.of(found) for found in scores]),
        np.where(drawn[queries, rows], stand_for[queries], 1).astype(np.float32),
        np.stack([_holds(one, places) for one in (histories, histories.tail(1))]),
    )


def _holds(histories: Histories, places: NDArray[np.int64]) -> NDArray[np.float32]:
    """Mark places, query times items plus row, whose row stands in the history of the query."""
    return np.isin(places, histories.queries * histories.n_items + histories.rows).astype(
        np.float32
    )


def _first(scores: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark the first items of each query, without those that score as low as the lowest."""
    n = min(FIRST, scores.shape[1])
    rows = np.argpartition(scores, -n, axis=1)[:, -n:]
    marked = np.zeros(scores.shape, dtype=np.bool_)
    np.put_along_axis(marked, rows, True, axis=1)
    lowest = np.where(np.isfinite(scores), scores, np.inf).min(axis=1, keepdims=True)
    return np.asarray(marked & (scores > lowest))


def _joined(blocks: Sequence[Opinions]) -> Opinions:
    starts = np.cumsum([0, *(len(one.counts) for one in blocks)])[:-1]
    pairs = list(zip(blocks, starts, strict=True))
    return Opinions(
        np.concatenate([[0], *(one.offsets[1:] + start for one, start in pairs)]),
        np.concatenate([one.targets + start for one, start in pairs]),
        np.concatenate([one.scores for one in blocks], axis=1),
        np.concatenate([one.answered for one in blocks], axis=1),
        Spread(*np.concatenate([np.stack(one.spread.arrays) for one in blocks], axis=2)),
        np.concatenate([one.counts for one in blocks]),
        np.concatenate([one.held for one in blocks], axis=1),
    )


def _stacked(spreads: Sequence[Spread]) -> Spread:
    return Spread(*np.stack([np.stack(one.arrays) for one in spreads], axis=1))
