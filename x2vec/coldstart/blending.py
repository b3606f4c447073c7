"""Semi-cold items: few events say little, so what is inferred speaks beside them.

Nobody infers an item from itself: the known items are cut into folds, and each fold is inferred by
rungs that were fitted to the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.coldstart.popularity import PopularityWay
from x2vec.coldstart.rungs import CatalogueCentroid, Cold
from x2vec.coldstart.shrinkage import Shrinkage
from x2vec.coldstart.standing import shortened
from x2vec.embeddings import INFERRED_SHARE, Embeddings
from x2vec.errors import DataError
from x2vec.progress import Listener, Notice, Progress
from x2vec.search import normalized

if TYPE_CHECKING:
    from x2vec.coldstart.ladder import Ladder

__all__ = ["BLENDED", "Views", "blend", "mixed_into", "views_of"]

BLENDED: Final = "blended"
"""The origin of an item whose vector is partly inferred."""

_FOLDS: Final = 5
_LEAST_SHARE: Final = 0.05
"""Below this an item's own events have spoken, and its vectors stay the bytes that they are."""


@dataclass(frozen=True, eq=False)
class Views:
    """The two views of each known item, in the scale of targets.

    Attributes:
        rows: (n_known,) their rows in the embeddings, ascending.
        counts: (n_known,) their events.
        trained: (n_known, size) float32.
        inferred: (n_known, size) float32, each by rungs that never saw the item.
    """

    rows: NDArray[np.int64]
    counts: NDArray[np.int64]
    trained: NDArray[np.float32]
    inferred: NDArray[np.float32]

    def shrinkage(self, centroid: NDArray[np.float32]) -> Shrinkage:
        """Fit how far the inferred view is to be believed, both seen from a centroid.

        What tells a popular item from a rare one is left out of both: it says how often an item
        was seen, which is known, and rises with the events by itself.
        """
        popularity = PopularityWay.of(self.trained, self.counts)
        sides = (popularity.without(side - centroid) for side in (self.trained, self.inferred))
        one, other = (normalized(side) for side in sides)
        return Shrinkage.fit((one * other).sum(axis=1), self.counts)


def views_of(ladder: Ladder, embeddings: Embeddings, *, listen: Listener) -> Views:
    """Infer every item that a ladder was fitted to by rungs that did not see it.

    Raises:
        DataError: The embeddings are not those that it was fitted to.
    """
    rows = _rows(ladder, embeddings)
    known, seed = ladder.base.known, ladder.seed
    fold = np.random.default_rng(seed).permutation(np.arange(len(known)) % _FOLDS)
    inferred = np.empty_like(known.targets)
    answering = {choice.steps[place].rung for choice in ladder.choices for place in choice.order}
    used = [*(rung for rung in ladder.rungs if rung.name in answering), CatalogueCentroid()]
    for one in range(_FOLDS):
        listen(Progress("blend", one, _FOLDS, "folds"))
        inside = fold == one
        rest = known.take(~inside)
        fitted = tuple((rung.name, rung.fit(rest, seed=seed)) for rung in used)
        apart = replace(ladder, base=replace(ladder.base, known=rest, rungs=fitted))
        cold = Cold(known.features.take(inside), known.content[inside])
        inferred[inside] = apart.infer(cold).targets
    listen(Progress("blend", _FOLDS, _FOLDS, "folds"))
    return Views(rows, embeddings.counts[rows], known.targets, inferred)


def blend(
    ladder: Ladder, embeddings: Embeddings, *, shrinkage: Shrinkage | None, listen: Listener
) -> Embeddings:
    """Blend trained vectors of few events with inferred ones; see ``Ladder.blend``."""
    views = views_of(ladder, embeddings, listen=listen)
    if shrinkage is None:
        shrinkage = views.shrinkage(ladder.base.centroid)
    share = shrinkage.share(views.counts)
    n_few = np.count_nonzero(share >= _LEAST_SHARE)
    said = (
        f"what is inferred of an item is worth {shrinkage.kappa:.1f} events; {n_few:,} of "
        f"{len(share):,} items are blended"
    )
    listen(Notice("blend", said))
    return mixed_into(ladder, embeddings, views, share)


def mixed_into(
    ladder: Ladder, embeddings: Embeddings, views: Views, share: NDArray[np.float64]
) -> Embeddings:
    """Return embeddings whose items of few events are a mixture of both views.

    Args:
        ladder: What inferred.
        embeddings: What was trained.
        views: Both views of its known items.
        share: (n_known,) what the inferred view weighs; below 0.05 an item stays as it is.
    """
    few = share >= _LEAST_SHARE
    size = embeddings.vector_size
    part = share[few].astype(np.float32)[:, None]
    halves = []
    for start in range(0, views.trained.shape[1], size):
        trained = views.trained[:, start : start + size]
        inferred = views.inferred[:, start : start + size]
        inferred = PopularityWay.of(trained, views.counts).as_often_seen(inferred)
        halves.append(_mixed(trained[few], inferred[few], part))
    rows, contexts = views.rows[few], embeddings.context_vectors
    if contexts is not None:
        halves[1] = shortened(embeddings, ladder.scale, rows, halves[1], part, seed=ladder.seed)
    near, far = ladder.scale.parted(np.hstack(halves))
    vectors = embeddings.vectors.copy()
    vectors[rows] = near
    if contexts is not None and far is not None:
        contexts = contexts.copy()
        contexts[rows] = far
    shares = np.full(len(embeddings), np.nan)
    shares[rows] = share[few]
    column = pa.array(shares, pa.float32(), from_pandas=True)
    table = pa.table({}) if embeddings.metadata is None else embeddings.metadata
    if INFERRED_SHARE in table.column_names:
        table = table.drop_columns([INFERRED_SHARE])
    columns = dict(zip(table.column_names, table.columns, strict=True)) | {INFERRED_SHARE: column}
    return replace(
        embeddings,
        vectors=vectors,
        context_vectors=contexts,
        origin=pc.if_else(column.is_valid(), BLENDED, embeddings.origin),
        metadata=pa.table(columns),
    )


def _mixed(
    trained: NDArray[np.float32], inferred: NDArray[np.float32], part: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Mix directions; lengths stay as they were trained.

    The mean of two unit vectors is shorter the less they agree, and a short vector loses every dot
    product. An inferred length is that of items with more events, before which one of few events
    would then come.
    """
    ways = normalized((1 - part) * normalized(trained) + part * normalized(inferred))
    mixed: NDArray[np.float32] = np.linalg.norm(trained, axis=1, keepdims=True) * ways
    return mixed


def _rows(ladder: Ladder, embeddings: Embeddings) -> NDArray[np.int64]:
    found = embeddings.lookup.rows(ladder.items)
    if found.null_count or embeddings.vector_size != ladder.scale.vector_size:
        raise DataError(
            f"blend: the ladder was fitted to {len(ladder.items):,} items of "
            f"{ladder.scale.vector_size} dimensions, and these are other embeddings, "
            f"{embeddings!r}. Fit it to them: ColdStart(...).fit(embeddings, items)."
        )
    rows = np.asarray(found, dtype=np.int64)
    n_blended = pc.equal(embeddings.origin, BLENDED).true_count
    if n_blended:
        raise DataError(
            f"blend: {n_blended:,} items are blended already, and would be moved twice. Blend what "
            "training gave."
        )
    if not np.array_equal(ladder.scale.joined(embeddings, rows), ladder.base.known.targets):
        raise DataError(
            "blend: the vectors are not those that the ladder was fitted to, as where they were "
            "trained again. Fit it to these: ColdStart(...).fit(embeddings)."
        )
    return rows
