"""What an export did, as a value: printed, returned and written as one line of JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["ExportReport"]


@dataclass(frozen=True)
class ExportReport:
    """What an export did.

    Attributes:
        job: The job file.
        status: ``"exported"``; ``"unchanged"``, where this very export was there already;
            ``"checked"``, where nothing was to be written.
        path: Where the answers are, a password hidden.
        store: The version of the store that was asked.
        queries: How many queries there are.
        rows: How many rows were written, or are there already.
        partitions: How many files they are, or were staged in.
        resumed: How many of them a stopped export had written.
        counts: What was read, answered by whom, and not answered, by name.
        fingerprint: That of the job, of its input and of the store.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time.
    """

    job: str
    status: Literal["exported", "unchanged", "checked"]
    path: str
    store: str
    queries: int
    rows: int
    partitions: int
    resumed: int
    counts: dict[str, int]
    fingerprint: dict[str, str]
    notices: tuple[str, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {**dataclasses.asdict(self), "notices": list(self.notices)}

    def __str__(self) -> str:
        counts = "\n".join(f"{n:>14,} {name.replace('_', ' ')}" for name, n in self.counts.items())
        did = {
            "exported": f"Exported to {self.path}",
            "unchanged": f"Nothing to do: {self.path} is this very export",
            "checked": f"Fit to export to {self.path}; nothing was written",
        }[self.status]
        again = f", {self.resumed} of them by a stopped export" if self.resumed else ""
        return (
            f"{counts}\n{self.queries:>14,} queries\n{self.rows:>14,} rows in {self.partitions} "
            f"partitions{again}\n\nTook: {self.seconds:.1f} s\n{did}"
        )
