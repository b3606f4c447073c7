"""One pass over the events, a run of whole sequences at a time: everything that needs them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import Sequences
from x2vec.corpus.blocks import runs, spans
from x2vec.corpus.masks import is_first, is_new

__all__ = ["PAUSE_EDGES", "Clock", "Scan", "scan"]

PAUSE_EDGES: Final = 10.0 ** (np.arange(-30, 91) / 10)
"""Seconds, from a millisecond to thirty years, ten bins to a power of ten."""

_HOUR: Final = 3_600_000_000
_DAY: Final = 24 * _HOUR
_MOST_BARS: Final = 120
_STEPS: Final = (_HOUR, _DAY, 7 * _DAY, 28 * _DAY, 364 * _DAY)
"""Widths of the bars over time; the narrowest that gives few enough is taken."""


@dataclass(frozen=True, eq=False)
class Clock:
    """What the events say as moments.

    Attributes:
        pauses: (n_bins,) int64, pauses above zero inside sequences, by ``PAUSE_EDGES``.
        longest_pause: In microseconds; 0 where there is none.
        by_hour: (24,) int64, events by hour of the day, UTC.
        bars: (n_bars,) int64, events from ``first_bar`` on, each bar ``step`` microseconds wide.
        first_bar: Microseconds since 1970.
        step: Microseconds.
        on_the_hour: Events whose minute, second and fraction are all zero.
        at_midnight: Those of them at midnight, UTC.
    """

    pauses: NDArray[np.int64]
    longest_pause: int
    by_hour: NDArray[np.int64]
    bars: NDArray[np.int64]
    first_bar: int
    step: int
    on_the_hour: int
    at_midnight: int


@dataclass(frozen=True, eq=False)
class Scan:
    """Sums over all events of some sequences.

    Attributes:
        events_of: (n_items,) int64, events of each item.
        sequences_of: (n_items,) int64, sequences that hold each item.
        pairs: Events that have one before them in their sequence.
        repeats_before: Events whose item is that of the event just before.
        repeats_earlier: Events whose item their sequence held already.
        same_time: Pairs of one time; 0 without times.
        step_of_one: Pairs whose times differ by one; 0 without times.
        duplicates: Events with the sequence, item and time of another one before; 0 without times.
        a_duplicate: The position of one of them.
        lowest: The first time, None without times or events.
        highest: The last time.
        clock: None where times are no clock.
    """

    events_of: NDArray[np.int64]
    sequences_of: NDArray[np.int64]
    pairs: int
    repeats_before: int
    repeats_earlier: int
    same_time: int
    step_of_one: int
    duplicates: int
    a_duplicate: int | None
    lowest: int | None
    highest: int | None
    clock: Clock | None


def scan(sequences: Sequences) -> Scan:
    """Go through all events once, with memory for a run of them at a time.

    A sequence is looked at whole, so the longest one sets how much that takes, about 100 bytes for
    each of its events.
    """
    times, offsets = sequences.times, sequences.offsets
    lowest, highest = _range(times)
    clock = None
    if sequences.has_clock and lowest is not None and highest is not None:
        clock = _ClockSums(lowest, highest)
    sums = dict.fromkeys(("before", "earlier", "same", "one", "twice"), 0)
    a_duplicate: int | None = None
    sequences_of = np.zeros(len(sequences.items), np.int64)
    columns = [sequences.codes] if times is None else [sequences.codes, times]
    for some, events in runs(offsets, *columns):
        own = offsets[some.start : some.stop + 1] - offsets[some.start]
        codes = sequences.codes[events]
        first = is_first(codes, own)
        sums["before"] += int(np.count_nonzero(~is_new(codes, own)))
        sums["earlier"] += int(np.count_nonzero(~first))
        np.add.at(sequences_of, codes[first], 1)
        if times is None:
            continue
        moments = times[events]
        follows = np.ones(len(codes), dtype=bool)
        follows[own[:-1]] = False
        pauses = np.diff(moments)[follows[1:]]
        sums["same"] += int(np.count_nonzero(pauses == 0))
        sums["one"] += int(np.count_nonzero(pauses == 1))
        twice = _duplicates(codes, moments, follows)
        sums["twice"] += len(twice)
        if a_duplicate is None and len(twice):
            a_duplicate = events.start + int(twice[0])
        if clock is not None:
            clock.add(moments, pauses)
    return Scan(
        events_of=sequences.counts(),
        sequences_of=sequences_of,
        pairs=sequences.n_events - len(sequences),
        repeats_before=sums["before"],
        repeats_earlier=sums["earlier"],
        same_time=sums["same"],
        step_of_one=sums["one"],
        duplicates=sums["twice"],
        a_duplicate=a_duplicate,
        lowest=lowest,
        highest=highest,
        clock=None if clock is None else clock.result(),
    )


def _range(times: NDArray[np.int64] | None) -> tuple[int | None, int | None]:
    if times is None or not len(times):
        return None, None
    ends = [(int(times[part].min()), int(times[part].max())) for part in spans(times)]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _duplicates(
    codes: NDArray[np.int32], times: NDArray[np.int64], follows: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the positions of events that repeat sequence, time and item of one before them."""
    starts = np.ones(len(codes), dtype=bool)
    starts[1:] = ~follows[1:] | (np.diff(times) != 0)
    offsets = np.append(np.flatnonzero(starts), len(codes))
    lengths = np.diff(offsets)
    together = np.repeat(lengths > 1, lengths)
    if not together.any():
        return np.empty(0, np.int64)
    shared = np.flatnonzero(together)
    of_shared = np.append(0, np.cumsum(lengths[lengths > 1]))
    return shared[~is_first(codes[shared], of_shared)]


class _ClockSums:
    """Adds up what a clock says, run by run."""

    def __init__(self, lowest: int, highest: int) -> None:
        fitting = (s for s in _STEPS if highest // s - lowest // s < _MOST_BARS)
        self.step = next(fitting, _STEPS[-1])
        self.first = lowest // self.step * self.step
        self.bars = np.zeros((highest - self.first) // self.step + 1, np.int64)
        self.by_hour = np.zeros(24, np.int64)
        self.pauses = np.zeros(len(PAUSE_EDGES) - 1, np.int64)
        self.longest = self.on_the_hour = self.at_midnight = 0

    def add(self, times: NDArray[np.int64], pauses: NDArray[np.int64]) -> None:
        self.bars += np.bincount((times - self.first) // self.step, minlength=len(self.bars))
        self.by_hour += np.bincount(times // _HOUR % 24, minlength=24)
        whole = times % _HOUR == 0
        self.on_the_hour += int(np.count_nonzero(whole))
        self.at_midnight += int(np.count_nonzero(times[whole] % _DAY == 0))
        real = pauses[pauses > 0] / 1e6
        if len(real):
            self.longest = max(self.longest, int(pauses.max()))
            inside = np.clip(real, PAUSE_EDGES[0], PAUSE_EDGES[-1] * 0.999)
            self.pauses += np.histogram(inside, PAUSE_EDGES)[0]

    def result(self) -> Clock:
        return Clock(
            pauses=self.pauses,
            longest_pause=self.longest,
            by_hour=self.by_hour,
            bars=self.bars,
            first_bar=self.first,
            step=self.step,
            on_the_hour=self.on_the_hour,
            at_midnight=self.at_midnight,
        )
