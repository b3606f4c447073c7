"""A column of one batch after its check: what both the rule on ids and that on times return."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

__all__ = ["Checked", "reasons"]


@dataclass(frozen=True, eq=False)
class Checked:
    """A checked column.

    Attributes:
        values: ``(n_rows,)`` of one of the border's types, null where a value is missing.
        missing: For each reason that occurs, such as ``"item_id is null"``, the mask of its rows,
            ``(n_rows,)`` and never null.
    """

    values: pa.Array
    missing: dict[str, pa.BooleanArray] = field(default_factory=dict)


def reasons(name: str, **masks: pa.BooleanArray | None) -> dict[str, pa.BooleanArray]:
    """Name the masks that hold for any row.

    >>> list(reasons("time", null=pa.array([True]), NaN=pa.array([False]), empty=None))
    ['time is null']
    """
    present = ((why, mask) for why, mask in masks.items() if mask is not None and mask.true_count)
    return {f"{name} is {why}": mask for why, mask in present}
