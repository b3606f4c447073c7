"""Rules applied to sequences, one after the other, until all of them hold."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from x2vec.adapters.durations import microseconds
from x2vec.corpus import blocks, masks
from x2vec.corpus.rules import SequenceRules
from x2vec.errors import NothingLeftError, SourceError

if TYPE_CHECKING:
    from x2vec.corpus.sequences import Sequences

__all__ = ["cleaned"]


def cleaned(sequences: Sequences, rules: SequenceRules) -> Sequences:
    """Cut and clean sequences; see ``Sequences.clean``."""
    if rules.gap is not None:
        sequences = _cut_at_gaps(sequences, rules.gap)
    if rules.ends:
        sequences = _cut_at_ends(sequences, rules.ends)
    if rules.min_dwell is not None:
        sequences = _dwelt_on(sequences, rules.min_dwell)
    sequences = _without_repeats(sequences, rules.repeats)
    before: Sequences | None = None
    while sequences is not before:
        before = sequences
        sequences = _long_enough(_frequent(sequences, rules.min_count), rules)
        if rules.repeats == "collapse":  # what was removed may have stood between two equals
            sequences = _without_repeats(sequences, "collapse")
    if not sequences.n_events:
        raise NothingLeftError(
            f"Nothing is left. Check the source, and the rules that clean it:\n{sequences.ledger}"
        )
    return sequences


def _cut_at_gaps(sequences: Sequences, gap: str) -> Sequences:
    times = _clock(sequences, f"gap = {gap!r}")
    says = partial(masks.starts_after_gap, gap=microseconds(gap))
    starts = blocks.mask(says, times, sequences.offsets)
    return _cut(sequences, starts, f"gaps longer than {gap}")


def _cut_at_ends(sequences: Sequences, ends: tuple[str, ...]) -> Sequences:
    named = ", ".join(repr(kind) for kind in ends)
    if sequences.kinds is None:
        raise SourceError(
            f"ends = {list(ends)!r} needs the kind of each event, and the source gives none. "
            "Name the column of kinds (kind = ...), or leave ends out."
        )
    strange = [kind for kind in ends if kind not in sequences.kind_names]
    notes = [f"ends: no event is of kind {kind!r}; nothing is cut there" for kind in strange]
    sequences = replace(
        sequences,
        ends=tuple(dict.fromkeys((*sequences.ends, *ends))),
        notes=(*sequences.notes, *(note for note in notes if note not in sequences.notes)),
    )
    is_end = sequences.is_end()
    assert is_end is not None
    starts = blocks.mask(masks.starts_after_end, is_end, sequences.offsets)
    return _cut(sequences, starts, f"events of kind {named}")


def _cut(sequences: Sequences, starts: NDArray[np.bool_], at: str) -> Sequences:
    """Cut before the events that start a sequence, the first of each old one among them."""
    offsets = blocks.offsets_at(starts)
    cut_from = blocks.owners(offsets[:-1], sequences.offsets)
    return replace(
        sequences,
        origins=blocks.take(sequences.origins, cut_from),
        offsets=offsets,
        ledger=sequences.ledger.cut_into(len(cut_from), at=at),
    )


def _dwelt_on(sequences: Sequences, dwell: str) -> Sequences:
    times = _clock(sequences, f"min_dwell = {dwell!r}")
    says = partial(masks.lasts, dwell=microseconds(dwell, name="min_dwell"))
    return sequences.keep(
        blocks.mask(says, times, sequences.offsets),
        reason=f"event that lasts shorter than {dwell}",
    )


def _clock(sequences: Sequences, rule: str) -> NDArray[np.int64]:
    """Return the times of the events, which a rule needs."""
    if sequences.times is not None and sequences.has_clock:
        return sequences.times
    found, remedy = "none", "Name the time column (time = ...)"
    if sequences.times is not None:
        found, remedy = "only positions", 'If they are times, set time_unit ("s", "ms" ...)'
    raise SourceError(
        f"{rule} needs a time of each event, and the source gives {found}. {remedy}, or leave "
        f"{rule.split()[0]} out."
    )


def _without_repeats(sequences: Sequences, repeats: str) -> Sequences:
    if repeats == "unique" or (repeats == "auto" and not sequences.ordered):
        rule, reason = masks.is_first, "repeat of an item in its sequence"
    elif repeats == "collapse":
        rule, reason = masks.is_new, "repeat of the item just before"
    else:
        return sequences
    is_end = sequences.is_end()
    more = () if is_end is None else (is_end,)
    return sequences.keep(
        blocks.mask(rule, sequences.codes, sequences.offsets, *more), reason=reason
    )


def _frequent(sequences: Sequences, min_count: int) -> Sequences:
    if min_count == 1:
        return sequences
    frequent = sequences.counts() >= min_count
    return sequences.keep(
        blocks.take(frequent, sequences.codes), reason=f"item with fewer than {min_count} events"
    )


def _long_enough(sequences: Sequences, rules: SequenceRules) -> Sequences:
    kept = sequences
    if rules.max_length is not None:
        kept = kept.keep_sequences(
            kept.lengths <= rules.max_length, reason=f"sequence longer than {rules.max_length}"
        )
    if rules.min_length == 1:
        return kept
    return kept.keep_sequences(
        kept.lengths >= rules.min_length, reason=f"sequence shorter than {rules.min_length}"
    )
