"""The ledger: how many rows and sequences came in, left for which reason, and went on.

What goes in comes out or is counted as removed: making a ledger whose sums do not agree is an
error, so no step can lose a row in silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Cut", "Ledger", "Removal"]


@dataclass(frozen=True)
class Removal:
    """Rows and sequences that left for one reason.

    Attributes:
        reason: Why, in words that name the rule and its bound.
        rows: Events removed.
        sequences: Whole sequences that went with them.
    """

    reason: str
    rows: int
    sequences: int = 0


@dataclass(frozen=True)
class Cut:
    """Sequences gained by one rule that cuts.

    Attributes:
        at: What it cuts at, in words that name the rule and its bound.
        sequences: How many sequences there are more.
    """

    at: str
    sequences: int


@dataclass(frozen=True)
class Ledger:
    """What came in, what was removed and why, and what came out.

    Attributes:
        rows_in: Rows read from the source.
        rows_out: Events that are left.
        sequences_in: Distinct sequences among the rows that were admitted.
        sequences_out: Sequences that are left.
        cuts: Sequences gained by cutting, one entry for each rule, in the order of the steps.
        removals: One entry for each reason, in the order of the steps.

    Raises:
        ValueError: The sums do not agree.

    Example:
        >>> ledger = Ledger.of(rows=10, sequences=3)
        >>> ledger = ledger.without(Removal("repeats in a sequence", rows=2))
        >>> ledger.rows_out, ledger.sequences_out
        (8, 3)
    """

    rows_in: int
    rows_out: int
    sequences_in: int
    sequences_out: int
    cuts: tuple[Cut, ...] = ()
    removals: tuple[Removal, ...] = ()

    def __post_init__(self) -> None:
        rows = sum(removal.rows for removal in self.removals)
        sequences = sum(removal.sequences for removal in self.removals)
        if self.rows_in != self.rows_out + rows:
            raise ValueError(f"{self.rows_in} rows in, {self.rows_out} out, {rows} removed")
        if self.sequences_in + self.sequences_cut != self.sequences_out + sequences:
            raise ValueError(
                f"{self.sequences_in} sequences in, {self.sequences_cut} more by cutting, "
                f"{self.sequences_out} out, {sequences} removed"
            )

    @classmethod
    def of(cls, *, rows: int, sequences: int) -> Ledger:
        """Open a ledger in which nothing has been removed."""
        return cls(rows, rows, sequences, sequences)

    def without(self, *removals: Removal) -> Ledger:
        """Return the ledger after further removals; those of a known reason are added to it."""
        by_reason = {removal.reason: removal for removal in self.removals}
        for new in removals:
            if new.rows or new.sequences:
                old = by_reason.get(new.reason, Removal(new.reason, 0))
                by_reason[new.reason] = Removal(
                    new.reason, old.rows + new.rows, old.sequences + new.sequences
                )
        return Ledger(
            self.rows_in,
            self.rows_out - sum(removal.rows for removal in removals),
            self.sequences_in,
            self.sequences_out - sum(removal.sequences for removal in removals),
            self.cuts,
            tuple(by_reason.values()),
        )

    @property
    def sequences_cut(self) -> int:
        """Sequences gained by cutting one into several."""
        return sum(cut.sequences for cut in self.cuts)

    def cut_into(self, n_sequences: int, *, at: str) -> Ledger:
        """Return the ledger after sequences were cut, so that there are now ``n_sequences``."""
        gained = {cut.at: cut.sequences for cut in self.cuts}
        gained[at] = gained.get(at, 0) + n_sequences - self.sequences_out
        cuts = tuple(Cut(at, sequences) for at, sequences in gained.items() if sequences)
        return replace(self, sequences_out=n_sequences, cuts=cuts)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values for JSON."""
        return {
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "sequences_in": self.sequences_in,
            "sequences_cut": self.sequences_cut,
            "sequences_out": self.sequences_out,
            "cut": [{"at": cut.at, "sequences": cut.sequences} for cut in self.cuts],
            "removed": [
                {"reason": r.reason, "rows": r.rows, "sequences": r.sequences}
                for r in self.removals
            ],
        }

    def __str__(self) -> str:
        lines = [f"{self.rows_in:>14,} rows in, {self.sequences_in:,} sequences"]
        lines += [
            f"{cut.sequences:>14,} more sequences by cutting at {cut.at}" for cut in self.cuts
        ]
        for removal in self.removals:
            also = f", {removal.sequences:,} sequences" if removal.sequences else ""
            lines.append(f"{-removal.rows:>14,} {removal.reason}{also}")
        lines.append(f"{self.rows_out:>14,} rows out, {self.sequences_out:,} sequences")
        return "\n".join(lines)
