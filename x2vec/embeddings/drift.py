"""Drift: how far the items of one embedding have moved in the next.

What reads vectors elsewhere - an index, a classifier, a page that shows neighbours - was made for
the old ones. Whether it has to be made anew is what this measures.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec._text import aligned
from x2vec.embeddings.alignment import rotation
from x2vec.embeddings.value import Embeddings
from x2vec.errors import UsageError
from x2vec.search import Excluded, normalized, top_k

__all__ = ["Cosines", "Drift", "drift"]

_LOW = 5  # percentile: one item in twenty is further from its old self
_BLOCK = 65_536  # rows turned at a time


@dataclass(frozen=True)
class Cosines:
    """Cosines of some items to their old selves, after alignment.

    Attributes:
        n: How many items.
        median: The median cosine, or None where there are no items.
        low: The 5th percentile, or None.
    """

    n: int
    median: float | None
    low: float | None

    @classmethod
    def of(cls, cosines: NDArray[np.float64]) -> Cosines:
        """Summarise (n,) cosines."""
        if not len(cosines):
            return cls(0, None, None)
        low, median = np.percentile(cosines, [_LOW, 50])
        return cls(len(cosines), float(median), float(low))


@dataclass(frozen=True)
class Drift:
    """How far the items of one embedding have moved in the next.

    Attributes:
        n_kept: Items that both hold.
        n_new: Items that only the new one holds.
        n_gone: Items that only the old one holds.
        residual: Root mean square distance of the kept items' unit vectors to their old ones after
            alignment: 0 where nothing moved but for a rotation, about 1.4 for vectors that have
            nothing in common; None where nothing is kept.
        kept: Cosines of all kept items.
        changed: Of those whose count is another: training has seen them again.
        unchanged: Of those whose count is the same.
        overlap: The mean share of its ``k`` nearest kept items that an item had before and still
            has; None where fewer than two items are kept.
        k: So many neighbours.
        n_asked: Items that were asked for theirs.
    """

    n_kept: int
    n_new: int
    n_gone: int
    residual: float | None
    kept: Cosines
    changed: Cosines
    unchanged: Cosines
    overlap: float | None
    k: int
    n_asked: int

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        rows = [["cosine to the old vector", "items", "median", "5th percentile"]]
        for words, some in (
            ("all kept items", self.kept),
            ("count changed", self.changed),
            ("count unchanged", self.unchanged),
        ):
            rows.append([words, f"{some.n:,}", _shown(some.median), _shown(some.low)])
        lines = [
            f"drift: {self.n_kept:,} items kept, {self.n_new:,} new, {self.n_gone:,} gone; "
            f"alignment residual {_shown(self.residual)}",
            *aligned(rows, right={1, 2, 3}),
        ]
        if self.overlap is not None:
            lines.append(
                f"{self.overlap:.1%} of the {self.k} nearest stayed ({self.n_asked:,} items asked)"
            )
        return "\n".join(lines)


def drift(
    old: Embeddings, new: Embeddings, *, k: int = 10, sample: int = 1_000, seed: int = 1
) -> Drift:
    """Compare two embeddings of much the same items, such as two versions of a store.

    The new vectors are first turned onto the old ones, all together, as a rotation changes no
    answer (see ``rotation``). Cosines are taken between the turned and the old vectors; one of
    zeros has no direction, and its cosine is 0.

    Args:
        old: The earlier embeddings.
        new: The later ones.
        k: How many neighbours are compared; fewer where fewer items are kept.
        sample: Of how many items, drawn at random, the neighbours are compared.
        seed: Decides which items.

    Raises:
        UsageError: The numbers of dimensions differ, or ``k`` or ``sample`` is below 1.

    Example:
        >>> old = Embeddings(["tea", "milk", "soap"], [[1, 0], [0, 1], [1, 1]], counts=[3, 2, 1])
        >>> turned = [[0, 1], [-1, 0], [-1, 1], [5, 5]]
        >>> new = Embeddings(["tea", "milk", "soap", "jam"], turned, counts=[9, 2, 1, 1])
        >>> print(drift(old, new, k=1))
        drift: 3 items kept, 1 new, 0 gone; alignment residual 0.000
        cosine to the old vector  items  median  5th percentile
        all kept items                3   1.000           1.000
        count changed                 1   1.000           1.000
        count unchanged               2   1.000           1.000
        100.0% of the 1 nearest stayed (3 items asked)
    """
    for name, value in (("k", k), ("sample", sample)):
        if value < 1:
            raise UsageError(f"drift: {name} is {value}; it must be 1 or more.")
    if old.vector_size != new.vector_size:
        raise UsageError(
            f"drift: the old embeddings have {old.vector_size} dimensions, the new ones "
            f"{new.vector_size}; only vectors of one size can be turned onto each other."
        )
    before, after = _kept(old.items, new.items)
    then, now = normalized(old.vectors[before]), normalized(new.vectors[after])
    cosines, residual = _after_alignment(then, now)
    counted = old.counts[before] != new.counts[after]
    k = min(k, len(before) - 1)
    asked = _drawn(len(before), sample, seed) if k > 0 else np.empty(0, np.int64)
    return Drift(
        n_kept=len(before),
        n_new=len(new) - len(before),
        n_gone=len(old) - len(before),
        residual=residual,
        kept=Cosines.of(cosines),
        changed=Cosines.of(cosines[counted]),
        unchanged=Cosines.of(cosines[~counted]),
        overlap=_overlap(then, now, asked, k) if len(asked) else None,
        k=max(k, 0),
        n_asked=len(asked),
    )


def _shown(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.3f}"


def _kept(old: pa.Array, new: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of the items that both hold, in the old and in the new embeddings."""
    if old.type != new.type:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    found = pc.index_in(old, value_set=new)
    before = np.flatnonzero(np.asarray(found.is_valid()))
    return before, np.asarray(found.drop_null()).astype(np.int64)


def _after_alignment(
    then: NDArray[np.float32], now: NDArray[np.float32]
) -> tuple[NDArray[np.float64], float | None]:
    """Return each row's cosine to its old self, and the root mean square distance of the rows."""
    turn = rotation(now, onto=then)
    cosines, squares = np.empty(len(then)), 0.0
    for start in range(0, len(then), _BLOCK):
        block = slice(start, start + _BLOCK)
        turned, target = now[block].astype(np.float64) @ turn, then[block].astype(np.float64)
        cosines[block] = np.clip((turned * target).sum(axis=1), -1.0, 1.0)
        squares += float(((turned - target) ** 2).sum())
    return cosines, float(np.sqrt(squares / len(then))) if len(then) else None


def _drawn(n_items: int, sample: int, seed: int) -> NDArray[np.int64]:
    if n_items <= sample:
        return np.arange(n_items)
    return np.sort(np.random.default_rng(seed).choice(n_items, sample, replace=False))


def _overlap(
    then: NDArray[np.float32], now: NDArray[np.float32], asked: NDArray[np.int64], k: int
) -> float:
    """Return the mean share of the ``k`` nearest rows that are the same in both."""
    own = Excluded.of(asked[:, None])
    earlier, later = (top_k(units[asked], units, k, exclude=own) for units in (then, now))
    shared = [
        len(np.intersect1d(earlier.of(query)[0], later.of(query)[0])) for query in range(len(asked))
    ]
    return float(np.mean(shared)) / k
