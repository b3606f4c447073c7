"""A mixture: which parts a hybrid has and what they weigh, learnt from queries with answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.errors import NothingLeftError, UsageError
from x2vec.recommendation.histories import Histories
from x2vec.recommendation.hybrid.hybrid import Hybrid, Part
from x2vec.recommendation.hybrid.likelihood import best_weights, ranks
from x2vec.recommendation.hybrid.opinions import Opinions
from x2vec.recommendation.hybrid.scale import SCALES, Scale
from x2vec.recommendation.ranker import Ranker

__all__ = ["Mixture", "Share", "learn_mixture"]

K = 20
"""The mixture and its best part are compared by NDCG at this cut-off."""

LEAST = 0.01
"""A part that moves the sum by less than this share of what all parts do is left out."""


@dataclass(frozen=True)
class Share:
    """What one part has in a mixture.

    Attributes:
        name: Of the ranker.
        weight: Of its opinions.
        scale: What makes opinions of its scores.
    """

    name: str
    weight: float
    scale: Scale


@dataclass(frozen=True)
class Mixture:
    """What was learnt of parts; the same mixture takes parts that were fitted to more data.

    Attributes:
        shares: Of the parts that are left, in the order in which they were given.
        repeat: See ``Hybrid``.
        last: Likewise.
        n_queries: What it was learnt from.
        ndcg: NDCG@20 of the mixture on these queries, each half of them by weights learnt from the
            other half.
        best: The part whose NDCG@20 on the queries is the highest.
        ndcg_of_best: That NDCG@20. Where the mixture has less, it is this part alone.
    """

    shares: tuple[Share, ...]
    repeat: float
    last: float
    n_queries: int
    ndcg: float
    best: str
    ndcg_of_best: float

    def of(self, rankers: Mapping[str, Ranker]) -> Hybrid:
        """Return the hybrid of rankers by their names; those without a share are passed over."""
        parts = (Part(rankers[one.name], one.weight, one.scale) for one in self.shares)
        return Hybrid(tuple(parts), self.repeat, self.last)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "weights": {one.name: one.weight for one in self.shares},
            "scales": {one.name: str(one.scale) for one in self.shares},
            "repeat": self.repeat,
            "last": self.last,
            "n_queries": self.n_queries,
            f"ndcg@{K}": self.ndcg,
            "best part": self.best,
            f"ndcg@{K} of the best part": self.ndcg_of_best,
        }

    def __str__(self) -> str:
        words = [f"{one.weight:.3g} {one.name} ({one.scale})" for one in self.shares]
        words += [f"{self.repeat:.3g} [in the history]", f"{self.last:.3g} [its last item]"]
        return (
            f"{' + '.join(words)}; ndcg@{K} {self.ndcg:.4f} on {self.n_queries:,} validation "
            f"queries, {self.best} alone {self.ndcg_of_best:.4f}"
        )


def learn_mixture(
    parts: Sequence[Ranker],
    histories: Histories,
    targets: NDArray[np.int32],
    *,
    exclude_history: bool,
    seed: int = 1,
) -> Mixture:
    """Learn which parts a hybrid has, and what they weigh.

    The scale of each part is the one on which it makes the targets most likely by itself, the
    weights are those under which all together do.

    Args:
        parts: Fitted to one vocabulary, and not to what is asked here; their names differ.
        histories: The queries, in rows of it.
        targets: (n_queries,) int32, the rows of the right items.
        exclude_history: Whether the items of a history leave its ranking. A query whose target is
            among them teaches nothing and is passed over.
        seed: Decides which items stand for those that no part puts first.

    Raises:
        UsageError: There are no parts, or two of one name.
        NothingLeftError: Fewer than two queries are left that a part answers.
    """
    names = [part.name for part in parts]
    if not names or len(set(names)) < len(names):
        raise UsageError(f"a mixture needs parts with names of their own; found {names}")
    answered = np.logical_or.reduce([part.answers(histories) for part in parts])
    if exclude_history:
        asked = np.arange(len(histories)) * histories.n_items + targets
        answered &= ~np.isin(asked, histories.queries * histories.n_items + histories.rows)
    if answered.sum() < 2:
        raise NothingLeftError(
            f"Nothing to learn the weights of a hybrid from: of {len(histories):,} queries on the "
            f"validation part {answered.sum()} can be answered, and it takes two. Leave hybrid "
            "out of the models, or bring more data."
        )
    opinions = Opinions.of(
        parts,
        histories.take(answered),
        targets[answered],
        exclude_history=exclude_history,
        seed=seed,
    )
    scales = [_scale_of(opinions.part(n)) for n in range(len(parts))]
    alone = [_ndcg(_alone(opinions, scales, n)) for n in range(len(parts))]
    best = int(np.argmax(alone))
    chosen, weights = _weigh(opinions, scales)
    made = Mixture(
        tuple(
            Share(names[n], float(weight), scales[n])
            for n, weight in zip(chosen, weights, strict=False)
        ),
        repeat=float(weights[-2]),
        last=float(weights[-1]),
        n_queries=len(opinions),
        ndcg=_ndcg(_by_other_half(opinions, scales)),
        best=names[best],
        ndcg_of_best=alone[best],
    )
    if made.shares and made.ndcg >= made.ndcg_of_best:
        return made
    return replace(made, shares=(Share(names[best], 1.0, scales[best]),), repeat=0.0, last=0.0)


def _scale_of(opinions: Opinions) -> Scale:
    """Return the scale on which a part makes the targets most likely by itself."""
    losses = [best_weights(opinions.on([scale])[:1], opinions)[1] for scale in SCALES]
    return SCALES[int(np.argmin(losses))]


def _weigh(
    opinions: Opinions, scales: Sequence[Scale]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which parts are worth asking, and their weights, then those of what is held."""
    scaled = opinions.on(scales)
    weights, _ = best_weights(scaled, opinions, n_free=2)
    moved = weights[:-2] * scaled[:-2].std(axis=1)
    chosen = np.flatnonzero(moved > LEAST * moved.sum())
    kept = scaled[[*chosen, -2, -1]]
    weights, _ = best_weights(kept, opinions, n_free=2)
    counts = weights[:-2] > 0
    return chosen[counts], weights[np.append(counts, [True, True])]


def _by_other_half(opinions: Opinions, scales: Sequence[Scale]) -> NDArray[np.float64]:
    """Return the ranks of the targets, each by weights that were learnt without it."""
    is_even = np.arange(len(opinions)) % 2 == 0
    found = np.empty(len(opinions))
    for half in (is_even, ~is_even):
        others, asked = opinions.take(~half), opinions.take(half)
        weights, _ = best_weights(others.on(scales), others, n_free=2)
        found[half] = ranks(weights, asked.on(scales), asked)
    return found


def _alone(opinions: Opinions, scales: Sequence[Scale], part: int) -> NDArray[np.float64]:
    one = opinions.part(part)
    return ranks(np.ones(1), one.on([scales[part]])[:1], one)


def _ndcg(places: NDArray[np.float64]) -> float:
    """Return NDCG of one target a query, (n_queries,) ranks: 1 over the logarithm of each."""
    return float(np.where(places <= K, 1 / np.log2(places + 1), 0).mean())
