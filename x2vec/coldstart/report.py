"""The table that a ladder chose by: every rung on simulated cold items, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from x2vec._text import aligned, as_html
from x2vec.coldstart.choice import Choice
from x2vec.coldstart.simulation import NEIGHBOURS

__all__ = ["ColdReport"]


@dataclass(frozen=True, eq=False, repr=False)
class ColdReport:
    """Every rung, by evidence, on items whose vectors were hidden.

    Attributes:
        table: ``evidence`` (groups that were known), ``rung``, ``chosen``, ``n`` (hidden items),
            ``answered`` (the share that the rung had an answer to), ``cosine`` with the hidden
            vector, ``recall`` (of its ten nearest known items), each with ``_low`` and ``_high`` of
            its 95 % interval, ``nearer`` (the share whose vector is nearer than the catalogue
            centroid), ``calibration_error`` of that chance.
        notes: What else there is to know, a sentence each.
    """

    table: pa.Table
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, choices: Sequence[Choice], *, notes: tuple[str, ...]) -> ColdReport:
        """Write down what was chosen, and why."""
        rows = []
        for choice in choices:
            for place, step in enumerate(choice.steps):
                row: dict[str, Any] = {
                    "evidence": ", ".join(choice.evidence),
                    "rung": step.rung,
                    "chosen": place == choice.order[0],
                    "n": step.n,
                    "answered": step.answered,
                }
                for name, figure in (("cosine", step.cosine), ("recall", step.recall)):
                    names = (name, f"{name}_low", f"{name}_high")
                    row |= dict(zip(names, figure, strict=True))
                row |= {"nearer": step.nearer, "calibration_error": step.error}
                rows.append(row)
        return cls(pa.Table.from_pylist(rows, schema=_SCHEMA), notes)

    def to_arrow(self) -> pa.Table:
        """Return the table."""
        return self.table

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame."""
        return self.table.to_pandas()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Offer the table to whatever speaks Arrow."""
        return self.table.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        """Return the number of rows: rungs times kinds of evidence."""
        return int(self.table.num_rows)

    def __repr__(self) -> str:
        return "\n".join([*aligned([_HEAD, *self._rows()], right={3, 4, 5}), *self.notes])

    def _repr_html_(self) -> str:
        """Return a table for a notebook."""
        return as_html(_HEAD, self._rows(), self.notes)

    def _rows(self) -> list[list[str]]:
        return [
            [
                row["evidence"],
                row["rung"],
                "chosen" if row["chosen"] else "",
                f"{row['n']:,}",
                _with_ends(row, "cosine"),
                _with_ends(row, "recall"),
            ]
            for row in self.table.to_pylist()
        ]


_HEAD = ["known", "rung", "", "items", "cosine", f"recall@{NEIGHBOURS}"]

_SCHEMA = pa.schema(
    [
        ("evidence", pa.string()),
        ("rung", pa.string()),
        ("chosen", pa.bool_()),
        ("n", pa.int64()),
        *((name, pa.float64()) for name in ("answered",)),
        *((f"cosine{end}", pa.float64()) for end in ("", "_low", "_high")),
        *((f"recall{end}", pa.float64()) for end in ("", "_low", "_high")),
        ("nearer", pa.float64()),
        ("calibration_error", pa.float64()),
    ]
)


def _with_ends(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f})"
