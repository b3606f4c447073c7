"""All that is looked for, in the order in which it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa

from x2vec.corpus import Ledger, Sequences
from x2vec.profiling import suspicious_ids as ids
from x2vec.profiling import suspicious_shapes as shapes
from x2vec.profiling import suspicious_times as moments
from x2vec.profiling.finding import Finding, percent
from x2vec.profiling.scan import Scan
from x2vec.profiling.statistics import Lengths, Popularity

__all__ = ["find_suspicious", "in_order", "nothing_left", "rows_lost"]

_MISSING: Final = ("sequence_id ", "item_id ", "time ")
"""How the border's reasons begin, for rows that lack something."""

_MOST: Final = 0.5


def find_suspicious(
    sequences: Sequences,
    found: Scan,
    lengths: Lengths,
    popularity: Popularity,
    *,
    now: datetime,
) -> tuple[Finding, ...]:
    """Return what is suspicious about sequences as they were read, warnings first.

    Args:
        sequences: At least one.
        found: Sums over all their events.
        lengths: Their lengths.
        popularity: How often their items occur.
        now: Later times are in the future.
    """
    used = found.events_of > 0
    items = sequences.items.filter(pa.array(used))
    names = sequences.names
    told = (
        shapes.giant(sequences, lengths),
        shapes.long_sequences(sequences, lengths),
        shapes.singles(sequences, lengths),
        shapes.unique_items(sequences, popularity, int(np.count_nonzero(used))),
        shapes.common_item(sequences, found),
        ids.float_ids(items, what="item"),
        ids.float_ids(names, what="sequence"),
        ids.spellings(items, found.events_of[used], what="item"),
        ids.spellings(names, None, what="sequence"),
        moments.duplicates(sequences, found),
        moments.instants(sequences, found),
        moments.future(found, now=now),
        moments.positions(sequences, found),
        moments.dates(sequences, found),
        moments.ties(sequences, found),
    )
    return in_order([one for one in told if one is not None])


def rows_lost(read: Ledger, kept: Ledger, *, max_missing_share: float) -> list[Finding]:
    """Find that many rows lack an id or a time, or that the job's own rules remove most events."""
    told = []
    reasons = [one for one in read.removals if one.reason.startswith(_MISSING)]
    missing = sum(one.rows for one in reasons)
    if missing > max_missing_share * read.rows_in:
        most = max(reasons, key=lambda one: one.rows)
        told.append(
            Finding(
                "missing_values",
                "warning",
                f"{missing:,} of {read.rows_in:,} rows ({percent(missing / read.rows_in)}) lack "
                "an id or a time; a run of the job stops above "
                f"{percent(max_missing_share)}.",
                missing / read.rows_in,
                f"{most.reason}: {most.rows:,} rows",
                "Mend the source, name another column, or raise max_missing_share in [source] if "
                "these rows are of no use anyway.",
            )
        )
    removed = read.rows_out - kept.rows_out
    if read.rows_out and kept.rows_out and removed > _MOST * read.rows_out:
        before = {one.reason: one.rows for one in read.removals}
        new = {one.reason: one.rows - before.get(one.reason, 0) for one in kept.removals}
        reason = max(new, key=lambda one: new[one])
        told.append(
            Finding(
                "rules_remove_most",
                "warning",
                f"The rules remove {removed:,} of {read.rows_out:,} events "
                f"({percent(removed / read.rows_out)}).",
                removed / read.rows_out,
                f"{reason}: {new[reason]:,} events",
                "Loosen the rule, or take the settings below.",
            )
        )
    return told


def nothing_left(message: str) -> Finding:
    """Say that the job's rules leave nothing to train on."""
    return Finding(
        "nothing_left",
        "warning",
        "The rules leave nothing to train on.",
        1.0,
        message.splitlines()[0],
        "Loosen them, or take the settings below.",
    )


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Put warnings before notes; a sequence told as a giant is not told as a long one too."""
    names = {one.name for one in findings}
    if "giant_sequence" in names:
        findings = [
            one
            for one in findings
            if one.name != "long_sequences" or not one.text.startswith("1 sequence ")
        ]
    return tuple(sorted(findings, key=lambda one: one.level == "note"))
