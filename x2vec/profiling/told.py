"""What text and page both tell of a profile: the rows of their tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from x2vec.corpus import Ledger
from x2vec.profiling.finding import percent
from x2vec.profiling.words import duration, moment

if TYPE_CHECKING:
    from x2vec.profiling.profile import Profile

__all__ = ["choice_rows", "dropped_rows", "facts", "summary"]


def summary(profile: Profile) -> str:
    """Return the sentence under the title."""
    kind = "sequences" if profile.ordered else "baskets"
    warnings = sum(one.level == "warning" for one in profile.findings)
    notes = len(profile.findings) - warnings
    said = f"{_count(warnings, 'warning')}, {_count(notes, 'note')}"
    found = said if profile.findings else "nothing suspicious"
    return (
        f"{profile.n_events:,} events, {profile.n_sequences:,} {kind}, "
        f"{profile.n_items:,} items: {found}"
    )


def facts(profile: Profile) -> list[tuple[str, str]]:
    """Return what was measured, a name and a value each."""
    lengths, items, times = profile.lengths, profile.popularity, profile.times
    quantile = lengths.quantiles
    told = [
        ("events of a sequence", f"median {lengths.median:,}, mean {lengths.mean:.1f}"),
        ("95 / 99 in 100 have at most", f"{quantile['0.95']:,} / {quantile['0.99']:,}"),
        ("longest sequence", f"{lengths.longest:,} events"),
        ("too short to train on", f"{percent(lengths.of_one_share)} of the sequences"),
        ("events on the top 1 % of items", percent(items.top_1_percent)),
        ("events on the top 10 % of items", percent(items.top_10_percent)),
        ("items with half of all events", f"{items.half:,}"),
        ("items seen once", f"{items.once:,} ({percent(items.once_share)})"),
        ("Gini of the items", f"{items.gini:.3f}"),
        ("events that repeat the one before", percent(profile.repeats.before)),
        ("events that repeat any earlier one", percent(profile.repeats.earlier)),
    ]
    if times is None:
        return [*told, ("times", "none")]
    if not times.is_clock:
        return [*told, ("positions", f"{times.first:,} to {times.last:,}")]
    told += [("first event", moment(times.first)), ("last event", moment(times.last))]
    if times.median_pause is not None and times.longest_pause is not None:
        told += [
            ("median pause in a sequence", f"about {duration(times.median_pause)}"),
            ("longest pause", duration(times.longest_pause)),
        ]
    return [*told, ("neighbours of one time", percent(times.same_time_share))]


def dropped_rows(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    """Return a row for what came in, each reason, and what is left: events, share, sequences."""
    whole = max(1, ledger.rows_in)
    rows = [("rows read", f"{ledger.rows_in:,}", "", f"{ledger.sequences_in:,}")]
    if ledger.sequences_cut:
        rows.append(("gained by cutting at gaps", "", "", f"+{ledger.sequences_cut:,}"))
    rows += [
        (
            one.reason,
            f"-{one.rows:,}",
            percent(one.rows / whole),
            f"-{one.sequences:,}" if one.sequences else "",
        )
        for one in ledger.removals
    ]
    left = percent(ledger.rows_out / whole)
    return [*rows, ("left to train on", f"{ledger.rows_out:,}", left, f"{ledger.sequences_out:,}")]


def choice_rows(profile: Profile) -> list[tuple[str, str, str]]:
    """Return section and key, value, and reason of each choice."""
    return [
        (
            f"[{one.section}] {one.key}",
            "leave out" if one.value is None else json.dumps(one.value),
            one.reason,
        )
        for one in profile.choices
    ]


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
