"""Kinds of events while they are read: which are left out, what each weighs, which there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.base import KIND, WEIGHT, Place, marked, place_of
from x2vec.adapters.border.weights import read_kinds

__all__ = ["EventKinds"]

_SHOWN = 5


class EventKinds:
    """Goes through the batches of one reading; keeps count of the kinds that it meets."""

    def __init__(self, *, keep: Sequence[str], weights: Mapping[str, float] | None) -> None:
        self._keep = keep
        self._weights = weights
        self._met: Counter[str | None] = Counter()
        self._none: pa.RecordBatch | None = None

    def read(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return a batch without the kinds that are not kept, and with its weights.

        Args:
            batch: Events with ``kind``, marked with their place.
        """
        place = place_of(batch, Place("the source", 1))
        kinds = read_kinds(batch.column(KIND), place)
        for counted in pc.value_counts(kinds).to_pylist():
            self._met[counted["values"]] += counted["counts"]
        batch = batch.set_column(batch.schema.get_field_index(KIND), KIND, kinds)
        if self._weights is not None:
            batch = batch.append_column(WEIGHT, _looked_up(kinds, self._weights))
        self._none = batch.slice(0, 0).replace_schema_metadata(None)
        if not self._keep:
            return marked(batch, place)
        kept = pc.is_in(kinds, value_set=pa.array(self._keep, pa.string()))
        n_unknown, n_left_out = kinds.null_count, kept.false_count - kinds.null_count
        reasons = {"kind is missing": n_unknown, "kind is not among those kept": n_left_out}
        rows = place.first_row + np.flatnonzero(kept.to_numpy(zero_copy_only=False))
        return marked(
            batch.filter(kept),
            Place(place.source, place.first_row, pa.array(rows, pa.int64())),
            left_out={reason: rows for reason, rows in reasons.items() if rows},
        )

    def told(self) -> Iterator[pa.RecordBatch]:
        """Yield, after the last batch, one without rows that holds what the user should know."""
        wanted = dict.fromkeys([*self._keep, *(self._weights or ())])
        found = _listed(self._met)
        notes = [
            f"no row is of kind {kind!r}; there are {found}"
            for kind in wanted
            if kind not in self._met
        ]
        kept = {kind: n for kind, n in self._met.items() if not self._keep or kind in self._keep}
        without = {kind: n for kind, n in kept.items() if kind not in (self._weights or kept)}
        if without:
            notes.append(f"kinds without a weight of their own have weight 1: {_listed(without)}")
        if self._none is not None and notes:
            yield marked(self._none, Place("the end", 1), notes=notes)


def _looked_up(kinds: pa.StringArray, weights: Mapping[str, float]) -> pa.DoubleArray:
    encoded = kinds.dictionary_encode(null_encoding="encode")
    table = [float(weights.get(kind, 1)) for kind in encoded.dictionary.to_pylist()]
    return pa.array(table, pa.float64()).take(encoded.indices)


def _listed(counts: Mapping[str | None, int]) -> str:
    """Name kinds, the most frequent first.

    >>> _listed({"view": 1200, None: 3})
    "'view' (1,200 rows), none (3 rows)"
    """
    often = sorted(counts, key=lambda kind: -counts[kind])
    shown = [
        f"{'none' if kind is None else repr(kind)} ({counts[kind]:,} rows)"
        for kind in often[:_SHOWN]
    ]
    more = [f"{len(often) - _SHOWN:,} more"] if len(often) > _SHOWN else []
    return ", ".join(shown + more) or "none"
