"""Simulated cold start: hide items whose vectors are known, infer them, and compare.

Whatever a cold item may lack is simulated too: a rung is measured on the hidden items as they are
and as if only some groups of their columns were known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.coldstart.calibration import signals
from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.features import GROUPS, Content, Evidence, FittedFeatures
from x2vec.coldstart.items import ItemTable
from x2vec.coldstart.lists import TrainedLists
from x2vec.coldstart.rungs import CatalogueCentroid, Cold, FittedRung, Known, Rung
from x2vec.coldstart.targets import Targets
from x2vec.progress import Listener, Progress
from x2vec.search import normalized, top_k

__all__ = ["NEIGHBOURS", "Base", "Tried", "learnt", "simulate"]

NEIGHBOURS: Final = 10
"""Neighbours by which it is measured how well an inferred vector ranks."""

_FEWEST: Final = 30
"""Hidden items that say anything of a kind of evidence."""

_ENOUGH: Final = 2_500
"""Hidden items by which a chance is known: from ten bins of as many each, chance alone makes an
error of calibration of .02; from a thousand, of .035."""

_MOST: Final = 3_000
"""Hidden items that are measured: their means then move by a hundredth at most."""


@dataclass(frozen=True, eq=False)
class Base:
    """Rungs fitted to known items, and what makes features for them.

    Attributes:
        features: From an item table to features.
        content: From features to content.
        known: The items that were learnt from.
        rungs: The fitted rungs, in the order of the ladder, the catalogue centroid last.
    """

    features: FittedFeatures
    content: Content
    known: Known
    rungs: tuple[tuple[str, FittedRung], ...]

    def cold(self, items: ItemTable) -> Cold:
        """Return what is known about some items."""
        features = self.features(items)
        return Cold(features, self.content(features))

    @property
    def centroid(self) -> NDArray[np.float32]:
        """Return what the last rung says of every item, (size,) float32."""
        first: NDArray[np.float32] = self.rungs[-1][1].predict(_first(self.known))[0]
        return first


@dataclass(frozen=True, eq=False)
class Tried:
    """One rung on the hidden items of which something is known, masked to some groups.

    Attributes:
        evidence: The groups that were left.
        rung: Its name.
        answered: (n_items,) bool; where it has no answer, the catalogue centroid stands in.
        cosine: (n_items,) float64, with the hidden vector.
        recall: (n_items,) float64, the share of the hidden vector's nearest known items that are
            among as many of the inferred one's.
        nearer: (n_items,) bool, whether ``cosine`` is above that of the catalogue centroid.
        signals: (n_items, n_signals) float64, see ``calibration``.
        factors: What brings the lengths of its predictions to those of the truth.
        reach: How far its context vectors may stand from the rarest items, see ``TrainedLists``;
            None where there are no context vectors.
    """

    evidence: Evidence
    rung: str
    answered: NDArray[np.bool_]
    cosine: NDArray[np.float64]
    recall: NDArray[np.float64]
    nearer: NDArray[np.bool_]
    signals: NDArray[np.float64]
    factors: tuple[float, ...]
    reach: float | None


def learnt(
    items: ItemTable,
    targets: NDArray[np.float32],
    trust: NDArray[np.float32],
    columns: ItemColumns,
    rungs: Sequence[Rung],
    *,
    seed: int,
    listen: Listener,
    stage: str,
) -> Base:
    """Fit features and rungs to items whose vectors are known."""
    fitted = FittedFeatures.fit(items, columns, seed=seed)
    features = fitted(items)
    content = Content.fit(features, seed=seed)
    known = Known(features, content(features), targets, trust)
    ladder = [*rungs, CatalogueCentroid()]
    ready = []
    for done, rung in enumerate(ladder):
        listen(Progress(stage, done, len(ladder), "rungs"))
        ready.append((rung.name, rung.fit(known, seed=seed)))
    listen(Progress(stage, len(ladder), len(ladder), "rungs"))
    return Base(fitted, content, known, tuple(ready))


def simulate(
    items: ItemTable,
    targets: NDArray[np.float32],
    trust: NDArray[np.float32],
    columns: ItemColumns,
    rungs: Sequence[Rung],
    *,
    scale: Targets,
    lists: TrainedLists | None,
    hidden: float,
    seed: int,
    listen: Listener,
) -> list[Tried]:
    """Hide a share of the known items, and try every rung on them under every evidence.

    Where a share is few, another one is hidden after it, until 2,500 items were, or each was once.

    Args:
        items: The known items.
        targets: (n_items, size) theirs.
        trust: (n_items,) what each weighs in what is learnt.
        columns: What is looked at.
        rungs: To try; the catalogue centroid is tried after them.
        scale: That of the targets.
        lists: Those that inferred items are not to fill; None where there are no context vectors.
        hidden: The share.
        seed: Of every draw.
        listen: Hears how far it is.

    Returns:
        What each rung was worth, by evidence, the richest first; evidence of which fewer than 30
        hidden items have enough is left out.
    """
    draws = np.random.default_rng(seed).permutation(len(items))
    n_hidden = min(max(1, round(hidden * len(items))), _MOST)
    n_rounds = max(1, min(math.ceil(_ENOUGH / n_hidden), len(items) // n_hidden))
    found: dict[tuple[Evidence, str], list[Tried]] = {}
    for turn in range(n_rounds):
        is_hidden = np.zeros(len(items), np.bool_)
        is_hidden[draws[turn * n_hidden : (turn + 1) * n_hidden]] = True
        rows, shown = np.flatnonzero(is_hidden), np.flatnonzero(~is_hidden)
        base = learnt(
            items.take(pa.array(shown)), targets[shown], trust[shown], columns, rungs,
            seed=seed, listen=listen, stage=f"simulate cold start {turn + 1} of {n_rounds}",
        )  # fmt: skip
        cold = base.cold(items.take(pa.array(rows)))
        for one in _tried(base, cold, targets[rows], scale, lists):
            found.setdefault((one.evidence, one.rung), []).append(one)
    joined = [_joined(ones) for ones in found.values() if len(ones) == n_rounds]
    return [one for one in joined if len(one.cosine) >= _FEWEST]


def _tried(
    base: Base,
    cold: Cold,
    truth: NDArray[np.float32],
    scale: Targets,
    lists: TrainedLists | None,
) -> Iterator[Tried]:
    """Try every rung under every evidence that any of some cold items has."""
    near = _nearest(scale.vectors(truth), base, scale)
    evidence = cold.features.evidence
    for groups in _subsets(evidence):
        places = [GROUPS.index(group) for group in groups]
        inside = np.asarray(evidence[:, places].all(axis=1))
        masked = cold.features.take(inside).only(groups)
        asked = Cold(masked, base.content(masked))
        yield from _try(base, asked, truth[inside], near[inside], groups, scale, lists)


def _joined(ones: list[Tried]) -> Tried:
    """Put what was tried on several shares one after the other."""
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in ones])
        for name in ("answered", "cosine", "recall", "nearer", "signals")
    }
    factors = np.mean([one.factors for one in ones], axis=0)
    reaches = [one.reach for one in ones if one.reach is not None]
    reach = float(np.mean(reaches)) if reaches else None
    return replace(ones[0], **arrays, factors=tuple(factors.tolist()), reach=reach)


def _try(
    base: Base,
    asked: Cold,
    truth: NDArray[np.float32],
    near: NDArray[np.int64],
    groups: Evidence,
    scale: Targets,
    lists: TrainedLists | None,
) -> list[Tried]:
    centroid = base.centroid
    true_units = normalized(scale.vectors(truth)).astype(np.float64)
    middle = normalized(scale.vectors(centroid[None])).astype(np.float64)
    least = (true_units * middle).sum(axis=1)
    n_known = np.diff(asked.features.tokens.indptr)
    found = []
    for name, rung in base.rungs:
        answered = rung.answers(asked)
        predicted = np.where(answered[:, None], rung.predict(asked), centroid)
        vectors = scale.vectors(predicted)
        cosine = (normalized(vectors) * true_units).sum(axis=1)
        hits = near[:, :, None] == _nearest(vectors, base, scale)[:, None, :]
        found.append(
            Tried(
                groups,
                name,
                answered,
                cosine,
                hits.any(axis=2).mean(axis=1),
                answered & (cosine > least) & (name != base.rungs[-1][0]),
                signals(vectors, scale.vectors(centroid[None])[0], n_known),
                scale.factors(predicted, truth),
                None
                if lists is None
                else _reach(lists, predicted - centroid, truth - centroid, scale),
            )
        )
    return found


def _reach(
    lists: TrainedLists,
    predicted: NDArray[np.float32],
    truth: NDArray[np.float32],
    scale: Targets,
) -> float:
    """Return how far inferred items stand from the rarest; never farther than true vectors do.

    Both are seen from the catalogue centroid.
    """
    return min(lists.reach(scale.contexts(predicted)), scale.factors(predicted, truth)[1])


def _nearest(vectors: NDArray[np.float32], base: Base, scale: Targets) -> NDArray[np.int64]:
    """Return the nearest known items of each vector, (n, at most ``NEIGHBOURS``) rows."""
    known = scale.vectors(base.known.targets)
    return top_k(vectors, known, NEIGHBOURS).rows.reshape(len(vectors), -1)


def _subsets(evidence: NDArray[np.bool_]) -> list[Evidence]:
    """Return the kinds of evidence that some item has, those of most groups first."""
    there = [group for place, group in enumerate(GROUPS) if evidence[:, place].any()]
    return [groups for n in range(len(there), 0, -1) for groups in combinations(there, n)]


def _first(known: Known) -> Cold:
    return known.take(np.arange(1))
