"""Filters: which items may be shown, by a condition, an allow list and an exclude list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings.lookup import Unknown, check_unknown
from x2vec.embeddings.where import items_where

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["Allowed", "allowed_items"]


class Allowed(NamedTuple):
    """Which items may be shown.

    Attributes:
        items: (n_items,) bool; None where all may.
        unknown: The items of the lists that nobody knows.
    """

    items: NDArray[np.bool_] | None
    unknown: tuple[Any, ...]


def allowed_items(
    embeddings: Embeddings,
    *,
    where: str | None = None,
    allow: Any = None,
    exclude: Any = None,
    unknown: Unknown = "error",
) -> Allowed:
    """Return which items may be shown: those that pass all three.

    Args:
        embeddings: Whose items.
        where: A condition in SQL; see ``items_where``. None lets all pass.
        allow: The only items that pass; None lets all pass, an empty list none.
        exclude: Items that do not pass.
        unknown: ``"error"`` raises for items of the lists that are not known, ``"report"``
            returns them.

    Raises:
        UnknownItemError: An item is unknown and ``unknown`` is ``"error"``.
        UsageError: The condition cannot be evaluated, or ``unknown`` is something else.

    Example:
        >>> from x2vec.embeddings import Embeddings
        >>> shop = Embeddings(["tea", "jam", "pot"], [[1], [2], [3]], counts=[5, 2, 1])
        >>> allowed_items(shop, where="count > 1", exclude=["jam"]).items.tolist()
        [True, False, False]
    """
    check_unknown(unknown)
    if where is None and allow is None and exclude is None:
        return Allowed(None, ())
    passed = np.ones(len(embeddings), np.bool_) if where is None else items_where(embeddings, where)
    missing: tuple[Any, ...] = ()
    if allow is not None:
        rows, missing = embeddings.lookup.found(allow, unknown=unknown)
        listed = np.zeros(len(embeddings), dtype=np.bool_)
        listed[rows] = True
        passed &= listed
    if exclude is not None:
        rows, also = embeddings.lookup.found(exclude, unknown=unknown)
        passed[rows] = False
        missing = tuple(dict.fromkeys(missing + also))
    return Allowed(passed, missing)
