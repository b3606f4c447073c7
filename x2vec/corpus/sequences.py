"""Sequences: the ids of what happened, in order, held as three flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.cleaning import (
    SequenceRules,
    as_rules,
    gap_offsets,
    is_first,
    is_new,
    microseconds,
)
from x2vec.corpus.frozen import freeze
from x2vec.corpus.ids import id_array
from x2vec.corpus.ledger import Ledger, Removal
from x2vec.corpus.mapped import is_mapped
from x2vec.errors import NothingLeftError, SourceError

__all__ = ["Sequences"]


@dataclass(frozen=True, eq=False)
class Sequences:
    """Item lists with an id each; can be iterated again and again.

    Sequence ``i`` holds the items ``items[codes[offsets[i]:offsets[i + 1]]]``. None is empty. The
    arrays are read-only views of those given. Those that are large beside the available memory lie
    in temporary files; such codes are trusted, for checking reads all of them.

    Attributes:
        names: (n_names,) string or int64, the ids as they were read.
        origins: (n_sequences,) int32 positions in ``names``; one occurs again where a sequence was
            cut, others have no sequence left.
        items: (n_items,) string or int64, distinct, ascending. Some may have no events left.
        codes: (n_events,) int32 positions in ``items``.
        offsets: (n_sequences + 1,) int64.
        times: (n_events,) int64, microseconds since 1970 in UTC or positions, or None.
        ordered: Whether the order inside a sequence means something; in a basket it does not.
        has_clock: Whether ``times`` are microseconds, not mere positions.
        ledger: What was read, removed and kept.
        notes: What the reader decided, such as the unit of the times.

    Example:
        >>> sequences = Sequences.from_lists([["bread", "butter"], ["bread", "jam", "butter"]])
        >>> len(sequences), sequences.n_events, list(sequences)[0]
        (2, 5, ['bread', 'butter'])
    """

    names: pa.Array
    origins: NDArray[np.int32]
    items: pa.Array
    codes: NDArray[np.int32]
    offsets: NDArray[np.int64]
    times: NDArray[np.int64] | None
    ordered: bool
    has_clock: bool
    ledger: Ledger
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.origins) != len(self.offsets) - 1:
            raise ValueError(f"{len(self.origins)} origins for {len(self.offsets) - 1} sequences")
        if self.offsets[0] != 0 or (self.lengths < 1).any():
            raise ValueError("offsets must start at 0 and rise")
        if self.offsets[-1] != len(self.codes):
            raise ValueError(f"offsets end at {self.offsets[-1]}, with {len(self.codes)} events")
        for codes, table, what in (
            (self.codes, self.items, "codes must be positions in items"),
            (self.origins, self.names, "origins must be positions in names"),
        ):
            is_checked = len(codes) and not is_mapped(codes)
            if is_checked and not 0 <= codes.min() <= codes.max() < len(table):
                raise ValueError(what)
        if self.times is not None and len(self.times) != len(self.codes):
            raise ValueError(f"{len(self.times)} times for {len(self.codes)} events")
        if (self.ledger.rows_out, self.ledger.sequences_out) != (self.n_events, len(self)):
            raise ValueError("the ledger must end at these events and sequences")
        freeze(self, "origins", "codes", "offsets", "times")

    @classmethod
    def from_lists(
        cls,
        lists: Iterable[Iterable[Any]],
        *,
        ids: Iterable[Any] | None = None,
        ordered: bool = True,
    ) -> Sequences:
        """Make sequences of lists in memory.

        Args:
            lists: One list of item ids a sequence. Missing ids (None, NaN, empty text) and empty
                lists are removed and counted.
            ids: The ids of the sequences; 0, 1, 2 ... unless given.
            ordered: False for baskets.

        Raises:
            SourceError: A list is a bare text, an id is one that no adapter may yield, or there
                are not as many ids as lists.
        """
        rows: list[list[Any]] = []
        for position, one in enumerate(lists):
            if isinstance(one, (str, bytes, dict)):
                raise SourceError(
                    f"sequence {position} is a {type(one).__name__}, {str(one)[:40]!r}; "
                    "a sequence is a list of items. Split it first."
                )
            rows.append(list(one))
        values, notes = id_array([value for row in rows for value in row])
        names, id_notes = id_array(range(len(rows)) if ids is None else list(ids), what="sequence")
        if len(names) != len(rows) or names.null_count:
            raise SourceError(
                f"{len(rows)} sequences but {len(names) - names.null_count} ids; give one each."
            )
        present = np.asarray(values.is_valid())
        given = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        lengths = np.diff(np.append(0, np.cumsum(present))[blocks.offsets_of(given)])
        whole = lengths > 0
        ledger = Ledger.of(rows=len(values), sequences=len(rows)).without(
            Removal("empty sequence", 0, int((given == 0).sum())),
            Removal(
                "item_id is missing (None, NaN or empty)",
                int((~present).sum()),
                int(((given > 0) & ~whole).sum()),
            ),
        )
        codes, items = _encode(values.drop_null())
        return cls(
            names=names,
            origins=np.flatnonzero(whole).astype(np.int32),
            items=items,
            codes=codes,
            offsets=blocks.offsets_of(lengths[whole]),
            times=None,
            ordered=ordered,
            has_clock=False,
            ledger=ledger,
            notes=notes + id_notes,
        )

    def __len__(self) -> int:
        """Return the number of sequences."""
        return len(self.origins)

    def __iter__(self) -> Iterator[list[Any]]:
        """Give each sequence as a list of item ids."""
        items = self.items.to_pylist()
        for start, end in pairwise(self.offsets):
            yield [items[code] for code in self.codes[start:end]]

    def __repr__(self) -> str:
        kind = "sequences" if self.ordered else "baskets"
        return f"<{len(self):,} {kind}, {self.n_events:,} events, {self.n_items:,} items>"

    @property
    def ids(self) -> pa.Array:
        """The id of each sequence, (n_sequences,) string or int64."""
        return self.names.take(pa.array(self.origins))

    @property
    def n_events(self) -> int:
        """The number of events in all sequences."""
        return len(self.codes)

    @property
    def n_items(self) -> int:
        """The number of distinct items that have an event."""
        return int(np.count_nonzero(self.counts()))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of events of each sequence, (n_sequences,)."""
        return blocks.lengths_of(self.offsets)

    def counts(self) -> NDArray[np.int64]:
        """Return the number of events of each of ``items``, (n_items,) int64."""
        return blocks.count_values(self.codes, len(self.items))

    def keep(self, events: NDArray[np.bool_], *, reason: str) -> Sequences:
        """Keep some events; sequences that lose all of theirs go, counted under the same reason.

        Every column of an event is selected here and nowhere else.

        Args:
            events: (n_events,) bool, True for those that stay.
            reason: What the ledger says of the others.
        """
        if events.all():
            return self
        lengths = blocks.count_true(events, self.offsets)
        alive = lengths > 0
        n_kept = int(lengths.sum())
        n_alive = int(np.count_nonzero(alive))
        removal = Removal(reason, self.n_events - n_kept, len(self) - n_alive)
        return replace(
            self,
            origins=blocks.select(self.origins, alive),
            codes=blocks.select(self.codes, events),
            offsets=blocks.offsets_of(blocks.select(lengths, alive)),
            times=None if self.times is None else blocks.select(self.times, events),
            ledger=self.ledger.without(removal),
        )

    def keep_sequences(self, sequences: NDArray[np.bool_], *, reason: str) -> Sequences:
        """Keep some whole sequences, (n_sequences,) bool; the others are counted by reason."""
        return self.keep(blocks.spread(sequences, self.offsets), reason=reason)

    def clean(self, rules: SequenceRules | None = None, **changes: Any) -> Sequences:
        """Cut and clean by rules, given as one value or as its keyword arguments.

        Cleaning the result again changes nothing, but for ``gap``: a pause that removed events
        leave behind would cut further, so leave it out (``replace(rules, gap=None)``) where the
        rules are applied again, such as to the training part of a split.

        Raises:
            NothingLeftError: The rules removed everything; the message is the ledger.
            ConfigError: A rule breaks its bounds, or a gap is asked of events without a clock.

        Example:
            >>> sequences = Sequences.from_lists([["a", "a", "b"], ["c"]])
            >>> cleaned = sequences.clean(repeats="collapse", min_length=2)
            >>> list(cleaned), cleaned.ledger.rows_out
            ([['a', 'b']], 2)
        """
        rules = as_rules(rules, changes)
        cleaned = self._cut(rules.gap) if rules.gap else self
        cleaned = cleaned._without_repeats(rules.repeats)
        before: Sequences | None = None
        while cleaned is not before:
            before = cleaned
            cleaned = cleaned._frequent(rules.min_count)._long_enough(rules)
            if rules.repeats == "collapse":  # what was removed may have stood between two equals
                cleaned = cleaned._without_repeats("collapse")
        if not cleaned.n_events:
            raise NothingLeftError(f"Nothing is left to train on:\n{cleaned.ledger}")
        return cleaned

    def _cut(self, gap: str) -> Sequences:
        if self.times is None or not self.has_clock:
            raise SourceError(
                f"gap = {gap!r} needs a time of each event, and the source gives "
                f"{'none' if self.times is None else 'only positions'}. "
                "Name the time column (time = ...), or leave gap out."
            )
        offsets, cut_from = gap_offsets(self.times, self.offsets, microseconds(gap))
        return replace(
            self,
            origins=blocks.take(self.origins, cut_from),
            offsets=offsets,
            ledger=self.ledger.cut_into(len(cut_from)),
        )

    def _without_repeats(self, repeats: str) -> Sequences:
        if repeats == "unique" or (repeats == "auto" and not self.ordered):
            rule, reason = is_first, "repeat of an item in its sequence"
        elif repeats == "collapse":
            rule, reason = is_new, "repeat of the item just before"
        else:
            return self
        return self.keep(blocks.mask(rule, self.codes, self.offsets), reason=reason)

    def _frequent(self, min_count: int) -> Sequences:
        frequent = self.counts() >= min_count
        return self.keep(
            blocks.take(frequent, self.codes), reason=f"item with fewer than {min_count} events"
        )

    def _long_enough(self, rules: SequenceRules) -> Sequences:
        kept = self
        if rules.max_length is not None:
            kept = kept.keep_sequences(
                kept.lengths <= rules.max_length, reason=f"sequence longer than {rules.max_length}"
            )
        return kept.keep_sequences(
            kept.lengths >= rules.min_length, reason=f"sequence shorter than {rules.min_length}"
        )


def _encode(values: pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
    """Return codes (n,) into the distinct values, and these in ascending order."""
    encoded = values.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[np.asarray(order)] = np.arange(len(order), dtype=np.int32)
    return rank[np.asarray(encoded.indices)], encoded.dictionary.take(order)
