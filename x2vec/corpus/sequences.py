"""Sequences: the ids of what happened, in order, held as a few flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.cleaning import cleaned
from x2vec.corpus.frozen import freeze
from x2vec.corpus.ledger import Ledger, Removal
from x2vec.corpus.lists import arrays_of
from x2vec.corpus.mapped import is_mapped
from x2vec.corpus.rules import SequenceRules, as_rules

__all__ = ["Sequences"]

_COLUMNS: Final = ("codes", "times", "weights", "kinds")
"""The fields with a value for each event; all but the first may be None."""


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
        weights: (n_events,) float32, finite, at least 0, or None where the source has none. An
            event that the source gives no weight has 1. Training does not use them yet.
        kinds: (n_events,) int16 positions in ``kind_names``, or None. Training does not use them.
        kind_names: The kinds, such as ``"view"``, ascending; last is None where there are events
            of no known kind.
        ends: The kinds that end a sequence, as the rules said (``SequenceRules.ends``).

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
    weights: NDArray[np.float32] | None = None
    kinds: NDArray[np.int16] | None = None
    kind_names: tuple[str | None, ...] = ()
    ends: tuple[str, ...] = ()

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
            (self.kinds, self.kind_names, "kinds must be positions in kind_names"),
        ):
            if codes is None or not len(codes) or is_mapped(codes):
                continue
            if not 0 <= codes.min() <= codes.max() < len(table):
                raise ValueError(what)
        for name in _COLUMNS:
            column = getattr(self, name)
            if column is not None and len(column) != len(self.codes):
                raise ValueError(f"{len(column)} {name} for {len(self.codes)} events")
        if (self.ledger.rows_out, self.ledger.sequences_out) != (self.n_events, len(self)):
            raise ValueError("the ledger must end at these events and sequences")
        freeze(self, "origins", "offsets", *_COLUMNS)

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
        arrays = arrays_of(lists, ids)
        return cls(**arrays, times=None, ordered=ordered, has_clock=False)

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

    @property
    def ended_by(self) -> pa.Array:
        """The kind of event that each sequence ends in, (n_sequences,) string.

        Null where it ends otherwise: in an event of another kind than ``ends``, or because the one
        that ended it has been removed or held out. Where it is not null, the last event of the
        sequence may be taken as the context of all the others, as a booking is by Grbovic and
        Cheng, "Real-time Personalization using Embeddings for Search Ranking at Airbnb", KDD 2018.

        Example:
            >>> from x2vec.api import read
            >>> clicks = {"who": [1, 1, 1], "what": ["tea", "jam", "tea"], "at": [1, 2, 3]}
            >>> clicks = pa.table({**clicks, "did": ["view", "buy", "view"]})
            >>> options = {"session": "who", "item": "what", "time": "at", "kind": "did"}
            >>> cut = read("sessions", clicks, **options, ends=["buy"])
            >>> list(cut), cut.ended_by.to_pylist()
            ([['tea', 'jam'], ['tea']], ['buy', None])
        """
        names = [name if name in self.ends else None for name in self.kind_names]
        if self.kinds is None:
            return pa.nulls(len(self), pa.string())
        return pa.array(names, pa.string()).take(pa.array(self.kinds[self.offsets[1:] - 1]))

    def is_end(self) -> NDArray[np.bool_] | None:
        """Return which events are of a kind that ends sequences, (n_events,); None without any."""
        if self.kinds is None or not self.ends:
            return None
        return blocks.take(np.array([name in self.ends for name in self.kind_names]), self.kinds)

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
        columns: dict[str, Any] = {
            name: blocks.select(column, events)
            for name in _COLUMNS
            if (column := getattr(self, name)) is not None
        }
        return replace(
            self,
            origins=blocks.select(self.origins, alive),
            offsets=blocks.offsets_of(blocks.select(lengths, alive)),
            ledger=self.ledger.without(removal),
            **columns,
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
        return cleaned(self, as_rules(rules, changes))
