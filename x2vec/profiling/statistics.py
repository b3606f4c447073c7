"""The figures of a profile: lengths, popularity, repeats and times, as plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.profiling.histogram import Histogram
from x2vec.profiling.scan import PAUSE_EDGES, Scan

__all__ = ["Lengths", "Popularity", "Repeats", "Times", "lengths", "popularity", "repeats", "times"]

_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_CURVE_POINTS: Final = 200
_MOST_PLAIN_BINS: Final = 40
_LOG_BINS: Final = 25


@dataclass(frozen=True)
class Lengths:
    """How many events sequences have.

    Attributes:
        shortest: Of the shortest one.
        longest: Of the longest one.
        mean: On average.
        quantiles: By share: 0.05, 0.25, 0.5, 0.75, 0.95, 0.99; each is a length that occurs.
        histogram: Sequences by length.
        of_one: Sequences of one event, which make no pair and teach nothing.
        of_one_share: Their share of all sequences.
    """

    shortest: int
    longest: int
    mean: float
    quantiles: dict[str, int]
    histogram: Histogram
    of_one: int
    of_one_share: float

    @property
    def median(self) -> int:
        """Half of the sequences are as short as this."""
        return self.quantiles["0.5"]


@dataclass(frozen=True)
class Popularity:
    """How events spread over items, and how long the tail is.

    Attributes:
        once: Items with one event.
        once_share: Their share of all items.
        top_1_percent: Share of events on the most frequent hundredth of the items (at least one).
        top_10_percent: Share of events on the most frequent tenth.
        half: So many items, the most frequent ones, have half of all events.
        gini: 0 where all items have as many events, near 1 where few have all (Gini 1912).
        ranks: Some ranks from 1 on, evenly spread on a log scale.
        counts: Events of the items at these ranks.
        at_least: Share of events that items with at least so many events have.
    """

    once: int
    once_share: float
    top_1_percent: float
    top_10_percent: float
    half: int
    gini: float
    ranks: tuple[int, ...]
    counts: tuple[int, ...]
    at_least: dict[str, float]


@dataclass(frozen=True)
class Repeats:
    """How often an item comes again in its sequence.

    Attributes:
        before: Share of all events whose item is that of the event just before.
        earlier: Share of all events whose item their sequence held already, anywhere.
    """

    before: float
    earlier: float


@dataclass(frozen=True)
class Times:
    """When things happened.

    Attributes:
        first: The first time: microseconds since 1970 in UTC, or a position.
        last: The last time.
        is_clock: Whether times are moments; the fields below say nothing otherwise.
        same_time_share: Share of neighbours in a sequence with one time: their order is unknown.
        pauses: Seconds between neighbours in a sequence, without zeros, on a log scale.
        median_pause: In seconds, to the width of a bin, an eighth; None where there is none.
        longest_pause: In seconds.
        by_hour: Events by hour of the day, UTC, 24 of them.
        by_time: Events along the time, edges in microseconds since 1970.
    """

    first: int
    last: int
    is_clock: bool
    same_time_share: float
    pauses: Histogram | None = None
    median_pause: float | None = None
    longest_pause: float | None = None
    by_hour: tuple[int, ...] = ()
    by_time: Histogram | None = None


def lengths(of: NDArray[np.int64]) -> Lengths:
    """Describe the lengths of sequences, (n_sequences,), at least one."""
    values, counts = np.unique(of, return_counts=True)
    reached = np.cumsum(counts) / len(of)
    n_one = int(counts[values == 1].sum())
    last = int(values[-1])
    if last <= _MOST_PLAIN_BINS:
        edges = np.arange(1, last + 2)
    else:
        edges = np.unique(np.round(np.geomspace(1, last + 1, _LOG_BINS)).astype(np.int64))
    return Lengths(
        shortest=int(values[0]),
        longest=last,
        mean=float(of.mean()),
        quantiles={str(q): int(values[np.searchsorted(reached, q - 1e-12)]) for q in _QUANTILES},
        histogram=Histogram.of_weighted(values, counts, edges),
        of_one=n_one,
        of_one_share=n_one / len(of),
    )


def popularity(events_of: NDArray[np.int64]) -> Popularity:
    """Describe how many events items have, (n_items,), at least one of them above 0."""
    counts = -np.sort(-events_of[events_of > 0])
    n, total = len(counts), int(counts.sum())
    reached = np.cumsum(counts)
    ranks = np.unique(np.round(np.geomspace(1, n, _CURVE_POINTS)).astype(np.int64))
    once = int(np.count_nonzero(counts == 1))
    weighted = float((np.arange(n, 0, -1) * counts).sum())
    return Popularity(
        once=once,
        once_share=once / n,
        top_1_percent=float(reached[-(-n // 100) - 1] / total),
        top_10_percent=float(reached[-(-n // 10) - 1] / total),
        half=int(np.searchsorted(reached, total / 2)) + 1,
        gini=2 * weighted / (n * total) - (n + 1) / n,
        ranks=tuple(map(int, ranks)),
        counts=tuple(map(int, counts[ranks - 1])),
        at_least={str(k): float(counts[counts >= k].sum() / total) for k in (2, 3, 5, 10, 20)},
    )


def repeats(found: Scan, n_events: int) -> Repeats:
    """Describe how often items come again."""
    return Repeats(found.repeats_before / n_events, found.repeats_earlier / n_events)


def times(found: Scan) -> Times | None:
    """Describe when events happened; None without times."""
    if found.lowest is None or found.highest is None:
        return None
    same = found.same_time / found.pairs if found.pairs else 0.0
    clock = found.clock
    if clock is None:
        return Times(found.lowest, found.highest, is_clock=False, same_time_share=same)
    edges = clock.first_bar + clock.step * np.arange(len(clock.bars) + 1)
    return Times(
        first=found.lowest,
        last=found.highest,
        is_clock=True,
        same_time_share=same,
        pauses=Histogram.of(PAUSE_EDGES, clock.pauses),
        median_pause=_median(clock.pauses),
        longest_pause=clock.longest_pause / 1e6,
        by_hour=tuple(map(int, clock.by_hour)),
        by_time=Histogram.of(edges, clock.bars),
    )


def _median(pauses: NDArray[np.int64]) -> float | None:
    """Return the middle, on the log scale, of the bin where the median lies."""
    total = int(pauses.sum())
    if not total:
        return None
    place = int(np.searchsorted(np.cumsum(pauses), total / 2))
    return float(np.sqrt(PAUSE_EDGES[place] * PAUSE_EDGES[place + 1]))
