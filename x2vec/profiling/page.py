"""A profile as a page of HTML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from x2vec.adapters.durations import microseconds
from x2vec.pages import bars, block, cards, code, figures, line, page, section, table
from x2vec.profiling.finding import percent
from x2vec.profiling.histogram import Histogram
from x2vec.profiling.statistics import Times
from x2vec.profiling.told import choice_rows, dropped_rows, facts, summary
from x2vec.profiling.words import duration, short

if TYPE_CHECKING:
    from x2vec.profiling.profile import Profile

__all__ = ["page_of"]

_PAUSE_TICKS: Final = (
    (0.001, "1 ms"), (0.1, "0.1 s"), (1, "1 s"), (60, "1 min"), (3_600, "1 h"), (86_400, "1 d"),
    (2_592_000, "30 d"), (31_557_600, "1 y"), (315_576_000, "10 y"),
)  # fmt: skip
_NO_PAUSES: Final = 0.95
"""Share of neighbours of one time from which on the few pauses are no picture."""

_BARS: Final = {1: "hour", 24: "day", 24 * 7: "week", 24 * 28: "four weeks", 24 * 364: "year"}


def page_of(profile: Profile) -> str:
    """Return the whole page."""
    return page(f"Data profile: {profile.name}", summary(profile), _parts(profile))


def _parts(profile: Profile) -> list[str]:
    left = profile.kept.rows_out / max(1, profile.kept.rows_in)
    large = [
        (short(profile.n_events), "events"),
        (short(profile.n_sequences), "sequences" if profile.ordered else "baskets"),
        (short(profile.n_items), "items"),
        (f"{profile.lengths.median:,}", "events of the median sequence"),
        (percent(round(left, 3)), "of the rows left to train on"),
    ]
    choices = table(["setting", "value", "why"], choice_rows(profile))
    kept = profile.chosen
    return [
        figures(large),
        section("What is suspicious", _findings(profile)),
        section("What the data are like", block(*_plots(profile))),
        section("Figures", table(["measured", "value"], facts(profile), right={1})),
        section(
            "What is dropped, and why",
            table(
                ["under the rules as they are", "events", "share", "sequences"],
                dropped_rows(profile.kept),
                right={1, 2, 3},
            ),
        ),
        section(
            "Settings it would choose",
            choices,
            code(profile.toml),
            figures(
                [
                    (f"{kept.rows_out:,}", "events left with them"),
                    (f"{kept.sequences_out:,}", "sequences left with them"),
                ]
            ),
        ),
        *([section("Notes of the reader", _notes(profile))] if profile.notes else []),
    ]


def _notes(profile: Profile) -> str:
    return table(["note"], [[note] for note in profile.notes])


def _findings(profile: Profile) -> str:
    if not profile.findings:
        return cards([("good", "Nothing suspicious was found.", [])])
    return cards(
        (
            one.level,
            one.text,
            [*([f"For example: {one.example}"] if one.example else []), one.advice],
        )
        for one in profile.findings
    )


def _plots(profile: Profile) -> list[str]:
    lengths, items = profile.lengths, profile.popularity
    plain = lengths.longest <= 40
    shape = lengths.histogram
    plots = [
        bars(
            shape.edges, shape.counts, title="Length of sequences", x="events in a sequence",
            y="sequences", log_x=not plain, marks=[(lengths.median, f"median {lengths.median}")],
            ticks=_whole(shape) if plain else None,
            caption=f"{percent(lengths.of_one_share)} have one event and teach nothing."
            if lengths.of_one else "Each has two events or more to learn from.",
        ),
        line(
            items.ranks, items.counts, title="Popularity of items", x="rank of the item",
            y="events of the item", caption=f"The top 1 % of the items have "
            f"{percent(items.top_1_percent)} of the events; {percent(items.once_share)} of the "
            "items were seen once.",
        ),
    ]  # fmt: skip
    times = profile.times
    return plots if times is None or not times.is_clock else [*plots, *_clock(profile, times)]


def _clock(profile: Profile, times: Times) -> list[str]:
    plots = []
    if times.pauses is not None and times.pauses.total and times.same_time_share < _NO_PAUSES:
        pauses = times.pauses.trimmed()
        low, high = pauses.edges[0], pauses.edges[-1]
        gap = next((one.value for one in profile.choices if one.key == "gap"), None)
        cut = _seconds(str(gap)) if gap else None
        plots.append(
            bars(
                pauses.edges, pauses.counts, title="Pauses inside sequences",
                x="time since the event before (log scale)", y="pauses", log_x=True,
                ticks=[one for one in _PAUSE_TICKS if low <= one[0] <= high],
                marks=[(cut, f"gap = {gap}")] if cut and low < cut < high else [],
                caption=f"{percent(times.same_time_share)} more have no pause at all."
                if times.same_time_share else "",
            )
        )  # fmt: skip
    if times.by_time is not None:
        shape = times.by_time
        hours = round((shape.edges[1] - shape.edges[0]) / 3.6e9)
        name = _BARS.get(hours, "bar")
        span = duration((times.last - times.first) / 1e6)
        plots.append(
            bars(
                shape.edges, shape.counts, title="Events over time", x=f"{name}, UTC",
                y=f"events per {name}", ticks=_days(shape), caption=f"Over {span}.",
            )
        )  # fmt: skip
    plots.append(
        bars(
            range(25), times.by_hour, title="Events by hour of the day", x="hour, UTC",
            y="events", ticks=[(hour + 0.5, f"{hour}") for hour in range(0, 24, 3)],
        )
    )  # fmt: skip
    return plots


def _whole(shape: Histogram) -> list[tuple[float, str]]:
    every = -(-len(shape.counts) // 10)
    return [(edge + 0.5, f"{edge:.0f}") for edge in shape.edges[:-1][::every]]


def _days(shape: Histogram) -> list[tuple[float, str]]:
    """Label five moments along the time."""
    low, high = shape.edges[0], shape.edges[-1]
    form = "%m-%d %H:%M" if high - low < 3 * 86_400e6 else "%Y-%m-%d"
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    told = []
    for place in (0.1, 0.37, 0.63, 0.9):
        value = low + place * (high - low)
        try:
            told.append((value, f"{epoch + timedelta(microseconds=value):{form}}"))
        except OverflowError:
            continue
    return told


def _seconds(gap: str) -> float:
    return microseconds(gap) / 1e6
