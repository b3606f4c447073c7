"""A profile as text for a terminal, a pipe or a log."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from x2vec._text import aligned, printable
from x2vec.profiling.histogram import Histogram
from x2vec.profiling.told import choice_rows, dropped_rows, facts, summary

if TYPE_CHECKING:
    from x2vec.profiling.profile import Profile

__all__ = ["text_of"]


def text_of(profile: Profile, *, width: int = 100) -> str:
    """Return a profile as lines of at most ``width`` signs where words allow, 40 at least."""
    width = max(width, 40)
    parts = [
        [profile.name, *wrap(summary(profile), width)],
        _findings(profile, width),
        ["Measured", *_cells([list(row) for row in facts(profile)], width, right={1})],
        ["Sequences by length", *_drawn(profile.lengths.histogram, width)],
        ["Dropped under the rules as they are", *_dropped(profile, width)],
        _choices(profile, width),
        ["In the place of these sections of a job:", "", *profile.toml.splitlines()],
    ]
    if profile.notes:
        parts.insert(1, [line for note in profile.notes for line in wrap(f"Note: {note}", width)])
    return "\n\n".join("\n".join(map(printable, part)) for part in parts)


def _findings(profile: Profile, width: int) -> list[str]:
    if not profile.findings:
        return ["Nothing suspicious was found."]
    lines = ["Suspicious"]
    for one in profile.findings:
        lines += wrap(f"{one.level}: {one.text}", width, subsequent_indent="  ")
        if one.example is not None:
            lines += _wrapped(f"for example {one.example}", width)
        lines += _wrapped(one.advice, width)
    return lines


def _dropped(profile: Profile, width: int) -> list[str]:
    rows = [list(row) for row in dropped_rows(profile.kept)]
    head = ["", "events", "share", "sequences"]
    return _cells([head, *rows], width, right={1, 2, 3})


def _choices(profile: Profile, width: int) -> list[str]:
    lines = ["Settings it would choose"]
    for key, value, reason in choice_rows(profile):
        lines += wrap(f"{key} = {value}: {reason}", width, subsequent_indent="  ")
    left = profile.chosen
    said = f"With them {left.rows_out:,} events in {left.sequences_out:,} sequences are left."
    return [*lines, *wrap(said, width)]


def _drawn(histogram: Histogram, width: int) -> list[str]:
    """Draw bars of text, several bins of the histogram in each where there are many."""
    each = -(-len(histogram.counts) // 12)
    edges = [*histogram.edges[:-1][::each], histogram.edges[-1]]
    counts = [
        sum(histogram.counts[start : start + each])
        for start in range(0, len(histogram.counts), each)
    ]
    room, most = max(8, min(40, width - 30)), max(*counts, 1)
    rows = []
    for start, end, count in zip(edges, edges[1:], counts, strict=False):
        name = f"{start:,.0f}" if end - start <= 1 else f"{start:,.0f}-{end - 1:,.0f}"
        rows.append([name, f"{count:,}", "#" * -(-room * count // most)])
    return aligned(rows, right={0, 1})


def _cells(rows: list[list[str]], width: int, right: set[int]) -> list[str]:
    """Align a table, or put each row under its name where it would be too wide."""
    lines = aligned(rows, right=right)
    if max(map(len, lines)) <= width:
        return lines
    return [
        line
        for name, *cells in rows
        for line in [*wrap(name, width), *_wrapped("  ".join(filter(None, cells)), width)]
    ]


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, width, initial_indent="  ", subsequent_indent="  ")
