"""The adapter ``sessions``: clicks with their times, in sessions given or cut at pauses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import pyarrow as pa

from x2vec.adapters.durations import microseconds
from x2vec.adapters.event_kinds import EventKinds
from x2vec.adapters.long_table import LongTableOptions, read_long_table
from x2vec.errors import UsageError

__all__ = ["SessionsAdapter", "SessionsOptions"]

_GAP: Final = "30m"
"""A usual length of the pause that ends a visit to a web site."""


@dataclass(frozen=True)
class SessionsOptions(LongTableOptions):
    """Where the clicks are, and how they become sessions; see also ``LongTableOptions``.

    Attributes:
        item: The column of items.
        time: The column of times.
        session: The column of session ids, where the source has them. Give this or ``user``.
        user: The column of users, whose clicks are cut at each pause longer than ``gap``.
        gap: The pause, such as ``"45m"``; 30 minutes with ``user`` unless given, none with
            ``session``.
        kind: The column that says what was done: view, purchase ...
        kinds: The kinds to keep; rows of other kinds are left out and counted. Empty for all.
        weights: The weight of an event by its kind; 1 for kinds that are not named.
        ends: Kinds that end a session, which is cut after them, such as ``["purchase"]``.
        min_dwell: Clicks that last shorter than this until the next one of their session are
            removed, such as ``"2s"``.
        repeats: ``"collapse"`` keeps one of a run of clicks on one item, ``"unique"`` the first
            click on each item of a session.

    >>> SessionsOptions("clicks.csv", item="sku", time="at", user="visitor").sequence
    'visitor'
    """

    sequence: str = field(init=False, repr=False, default="")
    item: str
    time: str = field()  # without a default, which that of LongTableOptions would be
    session: str | None = None
    user: str | None = None
    gap: str | None = None
    kind: str | None = None
    kinds: tuple[str, ...] = ()
    weights: dict[str, float] | None = None
    ends: tuple[str, ...] = ()
    min_dwell: str | None = None
    repeats: Literal["keep", "collapse", "unique"] = "keep"

    def __post_init__(self) -> None:
        if (self.session is None) == (self.user is None):
            found = "neither" if self.session is None else "both"
            raise UsageError(
                f"session and user: found {found}; give session, the column of session ids, or "
                "user, whose clicks are cut into sessions at pauses."
            )
        object.__setattr__(self, "sequence", self.session or self.user)
        super().__post_init__()
        for name in ("kinds", "ends"):
            named = getattr(self, name)
            if isinstance(named, str):
                raise UsageError(f'{name} is {named!r}; it must be a list: ["{named}"].')
            object.__setattr__(self, name, tuple(named))
        for name in ("gap", "min_dwell"):
            if getattr(self, name) is not None:
                microseconds(getattr(self, name), name=name)
        if self.time_unit == "position":
            raise UsageError('time_unit is "position"; sessions need times. Use adapter "events".')
        if self.repeats not in ("keep", "collapse", "unique"):
            raise UsageError(f"repeats is {self.repeats!r}; it must be keep, collapse or unique.")
        self._check_kinds()

    def _check_kinds(self) -> None:
        needing = [name for name in ("kinds", "weights", "ends") if getattr(self, name)]
        if self.kind is None and needing:
            raise UsageError(
                f"{needing[0]} needs the kind of each event. Name its column (kind = ...), or "
                f"leave {needing[0]} out."
            )
        if self.kind is not None and self.kind in (self.sequence, self.item, self.time):
            raise UsageError(f"kind is '{self.kind}', a column that has another meaning already.")
        for kind, weight in (self.weights or {}).items():
            if not 0 <= weight < math.inf:
                raise UsageError(f"weights: {kind!r} has {weight}; expected a number from 0 on.")
        lost = [kind for kind in self.ends if self.kinds and kind not in self.kinds]
        if lost:
            raise UsageError(
                f"ends names {lost[0]!r}, which is not among kinds, so that none is kept. "
                "Add it to kinds."
            )


class SessionsAdapter:
    """Reads clicks with their times; of a user's clicks it makes sessions."""

    name = "sessions"
    options = SessionsOptions
    ordered = True

    def read(self, options: SessionsOptions) -> Iterator[pa.RecordBatch]:
        """Yield the clicks of the kinds wanted, weighted by kind; see ``read_long_table``."""
        by = "user" if options.session is None else "session"
        batches = read_long_table(options, sequence=by, kind=options.kind)
        if options.kind is None:
            yield from batches
            return
        kinds = EventKinds(keep=options.kinds, weights=options.weights)
        for batch in batches:
            yield kinds.read(batch)
        yield from kinds.told()

    def rules(self, options: SessionsOptions) -> dict[str, Any]:
        """Return what the options say of cutting and cleaning."""
        rules = {
            "gap": options.gap or (_GAP if options.session is None else None),
            "ends": options.ends,
            "min_dwell": options.min_dwell,
            "repeats": None if options.repeats == "keep" else options.repeats,
        }
        return {name: rule for name, rule in rules.items() if rule}
