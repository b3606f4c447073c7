"""The section ``[side_information]``: what training takes from the item table and from the ends."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart import ItemColumns
from x2vec.errors import ConfigError

__all__ = ["SideInformation"]

Context = Literal["none", "ends", "last"]


@dataclass(frozen=True, kw_only=True)
class SideInformation:
    """What a skip-gram learns from, beside the events.

    An item's vector becomes the sum of its own and of ``weight`` times the mean of its attributes',
    less the more events it has; they learn together. So an item with few events lies where its
    attributes are, and one without any at their mean (docs/side-information.md).

    Attributes:
        categories: Columns of the item table with one value an item, as in ``ColdStart``: a value
            like ``"Drinks > Tea"`` is a hierarchy; so are several columns in a list of their own.
        tags: Columns with several values an item: lists, or text such as ``"Action|Comedy"``.
        weight: What the attributes weigh beside the item's own vector; 0 trains the plain model.
        half_at: Events of an item at which its attributes weigh half as much as those of an item
            without any; infinity lets them weigh the same in all.
        levels: What separates the levels of a category.
        between_tags: What separates tags that are written as text.
        most_values: Values of a column that are told apart, by falling number of items; the others
            are one.
        context: Which event is context to all of its sequence, beyond the window, as a booking is
            by Grbovic and Cheng (2018): ``"ends"``, the one that ended it (``ends`` in
            ``[sequences]``), ``"last"``, the last of each, or ``"none"``.
        segment: A column of the item table, such as the market. Further noise is drawn among the
            items of the target's segment.
        segment_negative: How many items of the segment are drawn; without ``segment`` none.

    Raises:
        ConfigError: There is nothing to learn from, or a value is out of bounds.

    Example:
        >>> list(SideInformation(categories="genre", segment="market").all_columns)
        ['genre', 'market']
    """

    categories: str | list[str | list[str]] = ()  # type: ignore[assignment]
    tags: str | list[str] = ()  # type: ignore[assignment]
    weight: float = 2.0
    half_at: float = 2.0
    levels: str = ">"
    between_tags: str = "|"
    most_values: int = 10_000
    context: Context = "none"
    segment: str | None = None
    segment_negative: int = 5

    def __post_init__(self) -> None:
        problems = []
        if not isinstance(self.weight, int | float) or not 0 <= self.weight < inf:
            problems.append(f"weight is {self.weight!r}; it must be a number from 0 on")
        if not isinstance(self.half_at, int | float) or not self.half_at > 0:
            problems.append(f"half_at is {self.half_at!r}; it must be a number above 0")
        if self.context not in get_args(Context):
            allowed = ", ".join(map(repr, get_args(Context)))
            problems.append(f"context is {self.context!r}; it must be one of {allowed}")
        n = self.segment_negative
        if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 1_000:
            problems.append(f"segment_negative is {n!r}; it must be a whole number from 1 to 1,000")
        if not (self.categories or self.tags or self.segment or self.context != "none"):
            problems.append(
                "side information of nothing: name categories or tags of the item table, a "
                "segment, or a context"
            )
        if problems:
            raise ConfigError("\n".join(problems))
        _ = self.all_columns  # refuses a column that is named twice

    @property
    def columns(self) -> ItemColumns | None:
        """The columns whose values are attributes; None where there are none."""
        return self._columns([]) if self.categories or self.tags else None

    @property
    def all_columns(self) -> ItemColumns | None:
        """The columns of the item table that are read, the segment too; None where none is."""
        segment = [] if self.segment is None else [self.segment]
        columns = self.columns
        more = [name for name in segment if columns is None or name not in list(columns)]
        return self._columns(more) if columns is not None or more else None

    def weights(self, counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what the attributes of items weigh, (n_items,) float32, by their events.

        Example:
            >>> SideInformation(tags="tags", half_at=6).weights(np.array([0, 6, 18])).tolist()
            [2.0, 1.0, 0.5]
        """
        return (self.weight / (1 + counts / self.half_at)).astype(np.float32)

    def _columns(self, more: list[str]) -> ItemColumns:
        categories = self.categories
        listed = [categories] if isinstance(categories, str) else [*categories]
        return ItemColumns(
            categories=[*listed, *more],
            tags=self.tags,
            levels=self.levels,
            between_tags=self.between_tags,
            most_values=self.most_values,
        )
