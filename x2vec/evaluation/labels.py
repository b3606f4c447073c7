"""Labels of items - genres, categories, product types - beside the rows of embeddings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings
from x2vec.errors import NothingLeftError, UsageError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Labels"]


@dataclass(frozen=True, eq=False)
class Labels:
    """Which labels some items have, several an item if need be.

    Attributes:
        rows: (n_labelled,) int64, rows of the embeddings, ascending.
        names: The labels, ascending by their text.
        owners: (n_pairs,) int64, positions in ``rows``, ascending.
        codes: (n_pairs,) int64, positions in ``names``.
        n_unlabelled: Items of the embeddings without a label.
        n_unknown: Labelled items that the embeddings do not hold.

    Example:
        >>> shop = Embeddings(["tea", "soap", "jam"], np.eye(3), counts=[3, 2, 1])
        >>> labels = Labels.of(shop, {"jam": ["food", "sweet"], "soap": "home", "pen": "desk"})
        >>> labels.rows.tolist(), labels.names, labels.n_unlabelled, labels.n_unknown
        ([1, 2], ('food', 'home', 'sweet'), 1, 1)
    """

    rows: NDArray[np.int64]
    names: tuple[Any, ...]
    owners: NDArray[np.int64]
    codes: NDArray[np.int64]
    n_unlabelled: int
    n_unknown: int

    @classmethod
    def of(cls, embeddings: Embeddings, labels: Mapping[Any, Any] | str) -> Labels:
        """Bring labels to the rows of embeddings.

        Args:
            embeddings: The items.
            labels: For each item one label or a collection of them; None, NaN, the empty text and
                empty collections are no label. Or the name of a column of the item table.

        Raises:
            NothingLeftError: No item of the embeddings has a label.
            UsageError: There is no such column.
        """
        given = _of_column(embeddings, labels) if isinstance(labels, str) else labels
        found = {row: _set_of(given[one]) for row, one in enumerate(embeddings) if one in given}
        found = {row: some for row, some in found.items() if some}
        n_labelled = sum(bool(_set_of(some)) for some in given.values())
        if not found:
            raise NothingLeftError(
                f"None of {len(embeddings):,} items has a label; {n_labelled:,} labels are of "
                f"other items. Items are {embeddings.items.type}, such as "
                f"{next(iter(embeddings), None)!r}; labels are given for "
                f"{next(iter(given), None)!r}, for example."
            )
        names = sorted(set().union(*found.values()), key=lambda name: (str(name), str(type(name))))
        place = {name: code for code, name in enumerate(names)}
        pairs = [
            (at, place[name])
            for at, some in enumerate(found.values())
            for name in sorted(some, key=str)
        ]
        owners, codes = np.array(pairs, dtype=np.int64).T
        return cls(
            rows=np.fromiter(found, np.int64, len(found)),
            names=tuple(names),
            owners=owners,
            codes=codes,
            n_unlabelled=len(embeddings) - len(found),
            n_unknown=n_labelled - len(found),
        )

    def __len__(self) -> int:
        """Return the number of items with a label."""
        return len(self.rows)

    def matrix(self) -> csr_array:
        """Return which item has which label, (n_labelled, n_labels) int32, sparse."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self.owners), dtype=np.int32)
        return csr_array((ones, (self.owners, self.codes)), shape=(len(self), len(self.names)))


def _of_column(embeddings: Embeddings, name: str) -> dict[Any, Any]:
    columns = [] if embeddings.metadata is None else embeddings.metadata.column_names
    if embeddings.metadata is None or name not in columns:
        raise UsageError(
            f"no column {name!r} in the item table; it has {', '.join(columns) or 'no columns'}. "
            "Name one of these, or give the labels as a mapping from item to label."
        )
    return dict(zip(embeddings, embeddings.metadata[name].to_pylist(), strict=True))


def _set_of(value: Any) -> set[Any]:
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        return set().union(*map(_set_of, value))
    is_missing = value is None or value == "" or value != value
    return set() if is_missing else {value}
