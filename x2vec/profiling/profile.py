"""The profile: what sequences are like, what is suspicious, and the settings that would fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from x2vec.corpus import Ledger, SequenceRules, Sequences, trainable
from x2vec.errors import NothingLeftError
from x2vec.profiling.choices import Choice, choose, rules_of
from x2vec.profiling.finding import Finding
from x2vec.profiling.findings import find_suspicious, in_order, nothing_left, rows_lost
from x2vec.profiling.scan import scan
from x2vec.profiling.statistics import (
    Lengths,
    Popularity,
    Repeats,
    Times,
    lengths,
    popularity,
    repeats,
    times,
)
from x2vec.profiling.toml import written

__all__ = ["Profile", "profile_sequences"]


@dataclass(frozen=True)
class Profile:
    """What some data are like, before anything is learnt from them.

    The figures are those of the sequences as they were read, before the rules.

    Attributes:
        name: The job, or whatever was profiled.
        n_events: Events.
        n_sequences: Sequences.
        n_items: Items.
        ordered: Whether order inside a sequence means something; not so in baskets.
        lengths: How many events sequences have.
        popularity: How events spread over items.
        repeats: How often an item comes again.
        times: When things happened; None where the source does not say.
        read: What was read, and set aside or left out on the way, by reason.
        kept: What the rules leave to train on, all that is dropped by reason; the ledger so far
            where that is nothing.
        chosen: The same under the rules that the profile would choose.
        findings: What is suspicious, warnings first; empty for sound data.
        choices: The settings that it would choose, with the reasons.
        toml: These settings, as sections to be put in the place of those of a job.
        notes: What the reader decided, such as the unit of the times.
    """

    name: str
    n_events: int
    n_sequences: int
    n_items: int
    ordered: bool
    lengths: Lengths
    popularity: Popularity
    repeats: Repeats
    times: Times | None
    read: Ledger
    kept: Ledger
    chosen: Ledger
    findings: tuple[Finding, ...]
    choices: tuple[Choice, ...]
    toml: str
    notes: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the profile as plain values for JSON."""
        ledgers = {name: getattr(self, name).to_dict() for name in ("read", "kept", "chosen")}
        return {**asdict(self), **ledgers}

    def to_html(self) -> str:
        """Return the profile as a page of HTML with plots, which needs nothing but itself."""
        from x2vec.profiling.page import page_of

        return page_of(self)

    def __str__(self) -> str:
        from x2vec.profiling.text import text_of

        return text_of(self)


def profile_sequences(
    sequences: Sequences,
    rules: SequenceRules | None = None,
    *,
    name: str = "sequences",
    max_missing_share: float = 1.0,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    now: datetime | None = None,
) -> Profile:
    """Profile sequences as they were read.

    Args:
        sequences: Any, before rules.
        rules: What a run would do with them; nothing unless given.
        name: What they are called on the page.
        max_missing_share: Share of rows that may lack an id or a time before that is suspicious.
        settings: What a job says in ``[sequences]``, ``[model]`` and ``[evaluate]`` apart from
            defaults; stays in the chosen settings where they do not say otherwise.
        now: Later times are in the future; the present moment unless given.

    Raises:
        NothingLeftError: There are no events at all.
        SourceError: The rules have a gap, and the events no clock.
    """
    if not sequences.n_events:
        raise NothingLeftError(f"{name}: no events to profile.\n{sequences.ledger}")
    found = scan(sequences)
    of_lengths = lengths(sequences.lengths)
    of_popularity = popularity(found.events_of)
    of_repeats = repeats(found, sequences.n_events)
    of_times = times(found)
    findings = list(
        find_suspicious(sequences, found, of_lengths, of_popularity, now=now or datetime.now(UTC))
    )
    choices = choose(sequences, found, of_lengths, of_popularity, of_repeats, of_times, findings)
    kept, failure = _left(sequences, rules or SequenceRules())
    chosen, _ = _left(sequences, rules_of(choices))
    findings += rows_lost(sequences.ledger, kept, max_missing_share=max_missing_share)
    if failure is not None:
        findings.append(nothing_left(failure))
    return Profile(
        name=name,
        n_events=sequences.n_events,
        n_sequences=len(sequences),
        n_items=int(np.count_nonzero(found.events_of)),
        ordered=sequences.ordered,
        lengths=of_lengths,
        popularity=of_popularity,
        repeats=of_repeats,
        times=of_times,
        read=sequences.ledger,
        kept=kept,
        chosen=chosen,
        findings=in_order(findings),
        choices=choices,
        toml=written(choices, settings or {}),
        notes=sequences.notes,
    )


def _left(sequences: Sequences, rules: SequenceRules) -> tuple[Ledger, str | None]:
    """Return the ledger after the rules, and what went wrong where nothing is left.

    After the gap, times and other columns of events are of use for few rules, and selecting them
    as well would take twice the memory of the items.
    """
    cleaned = sequences
    try:
        if rules.gap is not None:
            cleaned = cleaned.clean(gap=rules.gap, repeats="keep")
        if not rules.ends and rules.min_dwell is None:
            cleaned = replace(
                cleaned, times=None, has_clock=False, weights=None, kinds=None, kind_names=()
            )
        cleaned = cleaned.clean(replace(rules, gap=None))
        return trainable(cleaned).ledger, None
    except NothingLeftError as error:
        return cleaned.ledger, str(error)
