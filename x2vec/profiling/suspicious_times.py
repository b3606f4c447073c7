"""What is suspicious about times: units, dates for times, ties, duplicated rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from x2vec.corpus import Sequences
from x2vec.profiling.finding import Finding, percent
from x2vec.profiling.scan import Scan
from x2vec.profiling.words import duration, moment

__all__ = ["dates", "duplicates", "future", "instants", "positions", "ties"]

_FEWEST: Final = 100
"""Events: fewer may well fall together."""

_MINUTE: Final = 60_000_000
_DAY: Final = 86_400_000_000
_NEARLY_ALL: Final = 0.95
_TIES: Final = 0.05
_DUPLICATES: Final = 0.001
_LARGE_STEP: Final = 1_000


def instants(sequences: Sequences, found: Scan) -> Finding | None:
    """Find that all events fall together: within a minute, or within one day."""
    if not _is_clock(found) or sequences.n_events < _FEWEST:
        return None
    low, high = _ends(found)
    span = high - low
    if span > _MINUTE and low // _DAY != high // _DAY:
        return None
    when = moment(low) if not span else f"{moment(low)} to {moment(high)}"
    if span <= _MINUTE:
        how = "have one and the same time" if not span else f"lie within {duration(span / 1e6)}"
        return Finding(
            "all_at_once",
            "warning",
            f"All {sequences.n_events:,} events {how}.",
            sequences.n_events,
            when,
            "The unit of time looks wrong, or the column holds when the rows were loaded. Set "
            "time_unit to what the numbers count, or name another column; without one that tells, "
            "leave time out.",
        )
    return Finding(
        "all_in_one_day",
        "note",
        f"All {sequences.n_events:,} events lie within one day, {duration(span / 1e6)} of it.",
        sequences.n_events,
        when,
        "Right for the file of one day. If there should be more, the unit of time is wrong: set "
        "time_unit to what the numbers count.",
    )


def future(found: Scan, *, now: datetime) -> Finding | None:
    """Find moments after tomorrow; those before 1990 or from 2101 on no adapter lets in."""
    if not _is_clock(found):
        return None
    low, high = _ends(found)
    if high <= (now + timedelta(days=2)).timestamp() * 1e6:
        return None
    return Finding(
        "future_times",
        "warning",
        f"Times run from {moment(low)} to {moment(high)}, into the future.",
        (high - now.timestamp() * 1e6) / _DAY,
        moment(high),
        "A missing time is often written as a far one, and a wrong unit moves all of them. "
        "Set time_unit to what the numbers count, or leave these rows out in sql = ....",
    )


def positions(sequences: Sequences, found: Scan) -> Finding | None:
    """Find numbers that were read as positions and yet step as a clock does."""
    if sequences.has_clock or found.lowest is None or not found.pairs:
        return None
    low, high = _ends(found)
    steps = found.step_of_one / found.pairs
    mean = (high - low) / max(1, int(sequences.lengths.max()))
    if steps >= 0.5 or found.pairs < _FEWEST or mean < _LARGE_STEP:
        return None
    return Finding(
        "positions_like_a_clock",
        "note",
        f"Times are read as positions, from {low:,} to {high:,}, but only {percent(steps)} of "
        "neighbours step by one.",
        steps,
        f"{low} to {high}",
        "If the numbers count time since a moment of their own, only their order is used. Add "
        "that moment in sql = ... for pauses, days and hours: to_timestamp(start + t).",
    )


def dates(sequences: Sequences, found: Scan) -> Finding | None:
    """Find dates where times are meant: all at one full hour of the day, such as midnight."""
    clock = found.clock
    if clock is None or sequences.n_events < _FEWEST or found.lowest == found.highest:
        return None
    at_hour = int(clock.by_hour.max())
    share = min(at_hour, clock.on_the_hour) / sequences.n_events
    if share < _NEARLY_ALL:
        return None
    hour = int(np.argmax(clock.by_hour))
    where = "at midnight" if hour == 0 else f"at {hour:02}:00"
    return Finding(
        "dates_not_times",
        "warning" if sequences.ordered else "note",
        f"{percent(share)} of the events happen {where} UTC, to the microsecond.",
        share,
        moment(_ends(found)[0]),
        "The column holds dates: the order within a day is not known, and pauses are whole days. "
        "Name a column with the time of day, if there is one; for one without order use baskets.",
    )


def ties(sequences: Sequences, found: Scan) -> Finding | None:
    """Find neighbours with one time in sequences whose order means something."""
    if not sequences.ordered or not found.pairs or found.lowest is None:
        return None
    share = found.same_time / found.pairs
    if share < _TIES:
        return None
    return Finding(
        "same_times",
        "warning" if share >= 0.5 else "note",
        f"{percent(share)} of neighbours in a sequence have the same time, so their order is "
        "not known.",
        share,
        None,
        "They stay in the order of the rows. If that means nothing, name a finer time, or set "
        'window = "whole" in [model], for which order does not count.',
    )


def duplicates(sequences: Sequences, found: Scan) -> Finding | None:
    """Find rows that are there again: same sequence, item and time."""
    share = found.duplicates / sequences.n_events
    if found.a_duplicate is None or sequences.times is None or share < _DUPLICATES:
        return None
    place = found.a_duplicate
    owner = int(np.searchsorted(sequences.offsets, place, side="right")) - 1
    name = sequences.names[int(sequences.origins[owner])].as_py()
    item = sequences.items[int(sequences.codes[place])].as_py()
    when = int(sequences.times[place])
    said = moment(when) if sequences.has_clock else f"position {when}"
    return Finding(
        "duplicated_rows",
        "warning" if share >= 0.01 else "note",
        f"{found.duplicates:,} events ({percent(share)}) have sequence, item and time of another.",
        share,
        f"sequence {name!r}, item {item!r}, {said}",
        "Perhaps the source was loaded twice, or has a row for each unit sold. SELECT DISTINCT of "
        'these three columns in sql = ... leaves them out, and so does repeats = "unique", which '
        "is the rule in baskets.",
    )


def _is_clock(found: Scan) -> bool:
    return found.clock is not None


def _ends(found: Scan) -> tuple[int, int]:
    if found.lowest is None or found.highest is None:
        raise ValueError("no times")
    return found.lowest, found.highest
