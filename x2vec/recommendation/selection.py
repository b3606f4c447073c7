"""The selection: how many items a query gets, which may be shown, and how they are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal, get_args

import numpy as np

from x2vec.errors import ConfigError

__all__ = ["FallbackKind", "Selection"]

FallbackKind = Literal["none", "popular", "segment-popular"]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What is wanted of the answers; costs nothing to change once a model is trained.

    Attributes:
        k: How many items a query gets; fewer where fewer may be shown.
        exclude_seen: Whether a query never gets what its history holds.
        where: A condition in SQL over the columns of the item table, ``item_id``, ``count`` and
            ``origin``, such as ``"category = 'snacks' AND price < 5"``; a row for which it is NULL
            is not shown.
        allow: The only items that may be shown; None for all.
        exclude: Items that are not shown.
        diversity: From 0, the plain list, to 1, items as unlike each other as there are; see
            ``Reranking``.
        pool: From so many of the best candidates a list is mixed, where ``diversity`` or
            ``max_per`` ask for it; None for five times ``k``, and at least 100.
        max_per: How many items a list holds at most of one value of a column of the item table,
            such as ``{"category": 3}``. Items without a value are not limited.
        damping: What the logarithm of an item's count is multiplied with before it is taken from
            its score; 0 takes nothing, and below 0 it is added, so that popular items come first.
        fallback: Who stands in where the model has no answer: ``"popular"``, the items of most
            events; ``"segment-popular"``, those of most events in the histories of the same
            segment; ``"none"``.
        segment_mean: Whether what a query's segment does stands beside its history, and in place
            of one that is empty; what the query itself prefers goes before it.
        prior_events: Events of a history that such a prior, or a preference, is worth.

    Raises:
        ConfigError: A value out of bounds; the message names all of them.

    Example:
        >>> Selection(k=10).pool_size, Selection(k=50).pool_size
        (100, 250)
    """

    k: int = 20
    exclude_seen: bool = True
    where: str | None = None
    allow: Sequence[Any] | None = None
    exclude: Sequence[Any] | None = None
    diversity: float = 0.0
    pool: int | None = None
    max_per: Mapping[str, int] = field(default_factory=dict)
    damping: float = 0.0
    fallback: FallbackKind = "none"
    segment_mean: bool = False
    prior_events: float = 8.0

    def __post_init__(self) -> None:
        problems = [
            f"{name} must be a whole number from 1 on, not {value!r}"
            for name, value in [
                ("k", self.k),
                ("pool", 1 if self.pool is None else self.pool),
                *((f"max_per of {column!r}", most) for column, most in self.max_per.items()),
            ]
            if not _is_count(value)
        ]
        if not _is_number(self.diversity) or not 0 <= self.diversity <= 1:
            problems.append(f"diversity must be a number from 0 to 1, not {self.diversity!r}")
        if not _is_number(self.damping):
            problems.append(f"damping must be a number, not {self.damping!r}")
        if not _is_number(self.prior_events) or self.prior_events <= 0:
            problems.append(f"prior_events must be a number above 0, not {self.prior_events!r}")
        if self.fallback not in get_args(FallbackKind):
            kinds = ", ".join(map(repr, get_args(FallbackKind)))
            problems.append(f"fallback must be one of {kinds}, not {self.fallback!r}")
        if problems:
            raise ConfigError("\n".join(problems))

    @property
    def pool_size(self) -> int:
        """From how many candidates a list is mixed."""
        return max(5 * self.k, 100) if self.pool is None else max(self.pool, self.k)


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 1


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float | np.number)
        and not isinstance(value, bool)
        and isfinite(value)
    )
