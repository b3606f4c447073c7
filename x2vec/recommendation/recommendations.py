"""The answer to "what next": the table of neighbours, and who answered."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import Any

import pyarrow as pa

from x2vec.embeddings import Neighbors, some_of
from x2vec.errors import UsageError

__all__ = ["Recommendations"]


@dataclass(frozen=True, eq=False, repr=False)
class Recommendations(Neighbors):
    """For every query the items that come next, best first.

    Attributes:
        table: ``query_id``, ``item_id``, ``rank`` (int32, 1 to k without gaps within a query),
            ``score`` (float32), ``source`` (string, who answered: ``"model"``, ``"preferences"``,
            ``"segment-mean"``, ``"popular"`` or ``"segment-popular"``), then ``origin`` and
            columns as in ``Neighbors``.
            The score is the model's, less damping; of a popular item it is the number of its
            events. It need not fall with the rank where the list was made diverse.
        unknown: The items of histories, and of allow and exclude lists, that are not known, each
            once; None for missing ids.
        catalogue: As for ``Neighbors``.
        n_unknown: How often such an item stood in a history.
        unanswered: The queries without a row, in the order they were asked: nothing of their
            history is known and nobody stands in for the model, or the filters left nothing.

    Raises:
        UsageError: As for ``Neighbors``, or the fifth column is not ``source``.
    """

    _: KW_ONLY
    n_unknown: int = 0
    unanswered: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.table.column_names[4:5] != ["source"]:
            raise UsageError(
                f"Recommendations: columns {self.table.column_names}; expected source as the fifth."
            )

    @property
    def source(self) -> pa.ChunkedArray:
        """Return who gave each answer."""
        return self.table["source"]

    def _notes(self) -> list[str]:
        notes = super()._notes()
        if self.unanswered:
            notes.append(f"unanswered: {some_of(self.unanswered)}")
        return notes
