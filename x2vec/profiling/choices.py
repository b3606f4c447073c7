"""The settings that a profile would choose, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Final

from x2vec.corpus import SequenceRules, Sequences
from x2vec.profiling.finding import Finding, percent
from x2vec.profiling.scan import Scan
from x2vec.profiling.statistics import Lengths, Popularity, Repeats, Times
from x2vec.profiling.suspicious_shapes import longest_usual
from x2vec.profiling.valley import valley
from x2vec.profiling.words import duration

__all__ = ["Choice", "choose", "rules_of"]

_NAMED: Final = {
    "1m": 60, "2m": 120, "5m": 300, "10m": 600, "15m": 900, "20m": 1200, "30m": 1800,
    "45m": 2700, "1h": 3600, "2h": 7200, "3h": 10800, "4h": 14400, "6h": 21600, "8h": 28800,
    "12h": 43200, "1d": 86400, "2d": 172800, "3d": 259200, "4d": 345600,
}  # fmt: skip
"""Gaps that a person would write; the nearest one is taken, for no valley is sharp."""

_MIN_COUNTS: Final = (5, 3, 2)
_LEAST_KEPT: Final = 0.95
_STUTTER: Final = 0.05
_UNORDERED: Final = 0.5
_WINDOW: Final = 5


@dataclass(frozen=True)
class Choice:
    """One key of a job, and why it would have this value.

    Attributes:
        section: The section of the job, such as ``"sequences"``.
        key: The key in it.
        value: Its value; None where the key is best left out.
        reason: Why, in a sentence, with the figure that decided.
    """

    section: str
    key: str
    value: str | int | None
    reason: str


def choose(
    sequences: Sequences,
    found: Scan,
    lengths: Lengths,
    popularity: Popularity,
    repeats: Repeats,
    times: Times | None,
    findings: Sequence[Finding],
) -> tuple[Choice, ...]:
    """Choose window, gap, repeats, minimum count, lengths and split by what was measured."""
    return (
        _gap(sequences, times),
        _repeats(sequences, repeats),
        _min_count(popularity),
        Choice(
            "sequences", "min_length", 2,
            f"a sequence of one event makes no pair; {percent(lengths.of_one_share)} of the "
            "sequences are that short",
        ),
        _max_length(lengths, findings),
        _window(sequences, found, lengths, times),
        _split(times),
    )  # fmt: skip


def rules_of(choices: Sequence[Choice]) -> SequenceRules:
    """Return the rules of ``[sequences]`` among the choices."""
    chosen: dict[str, Any] = {
        one.key: one.value
        for one in choices
        if one.section == "sequences" and one.value is not None
    }
    return SequenceRules(**chosen)


def _gap(sequences: Sequences, times: Times | None) -> Choice:
    def without(reason: str) -> Choice:
        return Choice("sequences", "gap", None, reason)

    if not sequences.ordered:
        return without("a basket is one event of shopping; nothing in it is cut")
    if times is None or not times.is_clock or times.pauses is None:
        return without("there is no clock to measure pauses by")
    found = valley(times.pauses)
    if found is None:
        return without("the pauses have no valley between short and long ones to cut at")
    name = min(_NAMED, key=lambda one: abs(log(_NAMED[one] / found)))
    longer = sum(
        count
        for edge, count in zip(times.pauses.edges, times.pauses.counts, strict=False)
        if edge >= _NAMED[name]
    )
    return Choice(
        "sequences", "gap", name,
        f"the pauses have two hills with a valley near {duration(found)}; "
        f"{percent(longer / times.pauses.total)} of them are longer and part sessions",
    )  # fmt: skip


def _repeats(sequences: Sequences, repeats: Repeats) -> Choice:
    if not sequences.ordered:
        value, reason = (
            "unique",
            f"a basket holds an item or not; {percent(repeats.earlier)} of the events repeat one "
            "of theirs",
        )
    elif repeats.before >= _STUTTER:
        value, reason = (
            "collapse",
            f"{percent(repeats.before)} of the events repeat the one just before, as reloads do; "
            "they would teach that an item is like itself",
        )
    else:
        value, reason = (
            "keep",
            f"{percent(repeats.before)} of the events repeat the one just before, too few to "
            "matter, and to come back to an item means something",
        )
    return Choice("sequences", "repeats", value, reason)


def _min_count(popularity: Popularity) -> Choice:
    for k in _MIN_COUNTS:
        kept = popularity.at_least[str(k)]
        if kept >= _LEAST_KEPT:
            return Choice(
                "sequences", "min_count", k,
                f"an item with fewer events has a vector of chance; {percent(kept)} of the events "
                f"are on items with {k} or more",
            )  # fmt: skip
    return Choice(
        "sequences", "min_count", 1,
        f"the tail is long: only {percent(popularity.at_least['2'])} of the events are on items "
        "with 2 or more, so nothing is dropped",
    )  # fmt: skip


def _max_length(lengths: Lengths, findings: Sequence[Finding]) -> Choice:
    long = {"giant_sequence", "long_sequences"} & {one.name for one in findings}
    if not long:
        return Choice("sequences", "max_length", None, "no sequence is suspiciously long")
    bound = longest_usual(lengths)
    return Choice(
        "sequences", "max_length", bound,
        f"99 in 100 sequences have at most {lengths.quantiles['0.99']:,} events; what is far "
        "longer is no person's",
    )  # fmt: skip


def _window(sequences: Sequences, found: Scan, lengths: Lengths, times: Times | None) -> Choice:
    if not sequences.ordered:
        return Choice(
            "model", "window", "whole", "the order in a basket means nothing, so all of it is "
            "context (baskets always train so)",
        )  # fmt: skip
    share = 0.0 if times is None else times.same_time_share
    if share >= _UNORDERED and found.pairs:
        return Choice(
            "model", "window", "whole",
            f"{percent(share)} of neighbours have one time, so nobody knows their order",
        )  # fmt: skip
    return Choice(
        "model", "window", _WINDOW,
        f"order means something, and near events mean more; half of the sequences have "
        f"{lengths.median:,} events or fewer",
    )  # fmt: skip


def _split(times: Times | None) -> Choice:
    if times is None or times.first == times.last:
        why = "there are no times to split by" if times is None else "all times are one"
        return Choice("evaluate", "split", "leave-last-out", why)
    return Choice(
        "evaluate", "split", "time", "training before a moment and asking after it is what a "
        "model meets in use",
    )  # fmt: skip
