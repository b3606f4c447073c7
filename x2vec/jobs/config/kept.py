"""Columns that a section of the job names have to be those that the store keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from x2vec._text import closest
from x2vec.errors import ConfigError

__all__ = ["refuse_dropped"]


def refuse_dropped(named: Mapping[str, str], kept: Sequence[str] | None) -> None:
    """Refuse columns that ``[items]`` does not keep.

    Args:
        named: By column who names it, such as ``"[cold_start] categories"``.
        kept: ``columns`` of ``[items]``; None keeps all.

    Raises:
        ConfigError: There are some; the message names the first.
    """
    dropped = [] if kept is None else [name for name in named if name not in kept]
    if dropped:
        close = closest(dropped[0], kept or ())
        hint = f"did you mean {close!r}?" if close else "Add it there."
        raise ConfigError(
            f"{named[dropped[0]]} names the column {dropped[0]!r}, which columns of "
            f"[items] does not keep; {hint}"
        )
