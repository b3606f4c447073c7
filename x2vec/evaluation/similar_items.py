"""Similar items against labels: are the nearest neighbours of an item of its own kind?

Items that carry labels - the genre of a song, the type of a product - are compared with their
nearest labelled neighbours by cosine, as Barkan and Koenigstein do it ("Item2Vec: Neural Item
Embedding for Collaborative Filtering", 2016, table 2), who ask whether the most frequent genre
among eight neighbours is the item's own, and once more of rare items alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec._text import aligned
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, NothingLeftError
from x2vec.evaluation.figure import Figure, mean_of
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.labels import Labels
from x2vec.search import Excluded, top_k

__all__ = ["LabelAgreement", "label_agreement"]

_CELLS: Final = 1 << 24


@dataclass(frozen=True)
class LabelAgreement:
    """How far neighbours share a label.

    Attributes:
        k: Neighbours of an item, at most.
        agreement: The share of them with a label of the item's, mean over items.
        majority: How often the most frequent label among them is one of the item's; of several
            that are equally frequent, the share that are.
        chance: The agreement of neighbours drawn at random, exactly.
        rarest: The agreement of the rarest items alone.
        rarest_chance: What it would be at random.
        n_labels: Different labels.
        n_unlabelled: Items without a label; they are no neighbours either.
        n_unknown: Labelled items that the embeddings do not hold.
        n_unanswered: Items with a vector of zeros, which is near to nothing: each counts as 0.
    """

    k: int
    agreement: Figure
    majority: Figure
    chance: float
    rarest: Figure
    rarest_chance: float
    n_labels: int
    n_unlabelled: int
    n_unknown: int
    n_unanswered: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        figures = ("agreement", "majority", "rarest")
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**plain, **{name: plain[name].to_dict() for name in figures}}

    def __str__(self) -> str:
        rows = [
            [f"{self.k} nearest of {self.agreement.n:,} items", str(self.agreement), "chance",
             f"{self.chance:.3f}"],
            [f"of the {self.rarest.n:,} rarest", str(self.rarest), "chance",
             f"{self.rarest_chance:.3f}"],
            ["most frequent label is theirs", str(self.majority), "", ""],
        ]  # fmt: skip
        lost = f"{self.n_labels:,} labels; {self.n_unlabelled:,} items without one are left out"
        for n, words in (
            (self.n_unknown, "labelled items are unknown"),
            (self.n_unanswered, "items have no direction and count as 0"),
        ):
            lost += f"; {n:,} {words}" if n else ""
        return "\n".join(["share of neighbours with a label of the item's", *aligned(rows), lost])


def label_agreement(
    embeddings: Embeddings,
    labels: Mapping[Any, Any] | str,
    *,
    k: int = 8,
    rarest: float = 0.25,
    max_items: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> LabelAgreement:
    """Measure how far the nearest neighbours of items have a label of theirs.

    Args:
        embeddings: The items; neighbours are exact, by cosine, among those with a label.
        labels: For each item one label or a collection of them, or the name of a column of the item
            table; two items agree if they share any.
        k: Neighbours of an item; fewer where there are fewer items.
        rarest: Share of the labelled items, by their counts, that is measured once more alone.
        max_items: Of more labelled items so many are drawn, and asked for their neighbours among
            all; all are asked unless given.
        resamples: How often items are drawn for the intervals.
        seed: Decides what is drawn.

    Raises:
        ConfigError: An argument is out of bounds.
        NothingLeftError: Fewer than two items have a label.
        UsageError: There is no such column.

    Example:
        >>> vectors = [[1, 0], [1, 0.1], [0, 1], [0.1, 1]]
        >>> shop = Embeddings(["tea", "jam", "soap", "brush"], vectors, counts=[4, 3, 2, 1])
        >>> kinds = {"tea": "food", "jam": "food", "soap": "bath", "brush": "bath"}
        >>> found = label_agreement(shop, kinds, k=1)
        >>> found.agreement.value, round(found.chance, 3)
        (1.0, 0.333)
    """
    _check(k, rarest, max_items)
    given = Labels.of(embeddings, labels)
    if len(given) < 2:
        raise NothingLeftError("Only one item has a label, so none can have a neighbour with one.")
    asked = np.arange(len(given))
    if max_items is not None and max_items < len(given):
        asked = np.sort(np.random.default_rng(seed).choice(len(given), max_items, replace=False))
    vectors = embeddings.vectors[given.rows]
    found = top_k(vectors[asked], vectors, k, exclude=Excluded.of(asked[:, None]))
    matrix = given.matrix()
    owners = asked[np.repeat(np.arange(len(asked)), found.counts)]
    shared = np.asarray(matrix[owners].multiply(matrix[found.rows]).sum(axis=1)).ravel() > 0
    has_direction = vectors[asked].any(axis=1)
    agreement = np.add.reduceat(shared, found.offsets[:-1]) / found.counts * has_direction
    majority = _majority(given, asked, found.rows, found.offsets) * has_direction
    chance = _chance(given)[asked]
    few = max(1, round(rarest * len(asked)))
    rare = np.argsort(embeddings.counts[given.rows[asked]], kind="stable")[:few]
    return LabelAgreement(
        k=k,
        agreement=mean_of(agreement, resamples=resamples, seed=seed),
        majority=mean_of(majority, resamples=resamples, seed=seed),
        chance=float(chance.mean()),
        rarest=mean_of(agreement[rare], resamples=resamples, seed=seed),
        rarest_chance=float(chance[rare].mean()),
        n_labels=len(given.names),
        n_unlabelled=given.n_unlabelled,
        n_unknown=given.n_unknown,
        n_unanswered=int(np.count_nonzero(~has_direction)),
    )


def _check(k: int, rarest: float, max_items: int | None) -> None:
    if k < 1:
        raise ConfigError(f"k is {k}; it must be 1 or more")
    if not 0 < rarest <= 1:
        raise ConfigError(f"rarest is {rarest}; it is a share above 0, at most 1")
    if max_items is not None and max_items < 1:
        raise ConfigError(f"max_items is {max_items}; it must be 1 or more, or None for all")


def _chance(labels: Labels) -> NDArray[np.float64]:
    """Return the share of the other labelled items that share a label, (n_labelled,).

    Items of the same labels are one kind, so only kinds have to be compared.
    """
    from scipy.sparse import csr_array

    matrix = labels.matrix()
    kinds: dict[tuple[int, ...], int] = {}
    starts = np.searchsorted(labels.owners, np.arange(len(labels) + 1))
    kind = np.array(
        [
            kinds.setdefault(tuple(labels.codes[first:last]), len(kinds))
            for first, last in pairwise(starts)
        ]
    )
    sizes = np.bincount(kind, minlength=len(kinds))
    _, first = np.unique(kind, return_index=True)
    of_kind = csr_array(matrix[first])
    alike = np.empty(len(kinds))
    step = max(1, _CELLS // len(kinds))
    for start in range(0, len(kinds), step):
        shared = (of_kind[start : start + step] @ of_kind.T).toarray() > 0
        alike[start : start + step] = shared @ sizes
    chances: NDArray[np.float64] = (alike[kind] - 1) / (len(labels) - 1)
    return chances


def _majority(
    labels: Labels, asked: NDArray[np.int64], found: NDArray[np.int64], offsets: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return for each item which share of its neighbours' most frequent labels are its own."""
    starts = np.searchsorted(labels.owners, np.arange(len(labels) + 1))
    own = [set(labels.codes[starts[one] : starts[one + 1]].tolist()) for one in range(len(labels))]
    gains = np.zeros(len(asked))
    for at, one in enumerate(asked):
        votes: dict[int, int] = {}
        for neighbour in found[offsets[at] : offsets[at + 1]]:
            for label in own[neighbour]:
                votes[label] = votes.get(label, 0) + 1
        most = max(votes.values())
        first = {label for label, n in votes.items() if n == most}
        gains[at] = len(first & own[one]) / len(first)
    return gains
