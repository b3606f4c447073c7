"""Python's lists become the arrays that sequences are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.ids import id_array
from x2vec.corpus.ledger import Ledger, Removal
from x2vec.errors import SourceError

__all__ = ["arrays_of"]


def arrays_of(lists: Iterable[Iterable[Any]], ids: Iterable[Any] | None) -> dict[str, Any]:
    """Return the fields of ``Sequences`` that lists decide; see ``Sequences.from_lists``."""
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
    lengths = np.diff(np.append(0, np.cumsum(present))[offsets_of(given)])
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
    return {
        "names": names,
        "origins": np.flatnonzero(whole).astype(np.int32),
        "items": items,
        "codes": codes,
        "offsets": offsets_of(lengths[whole]),
        "ledger": ledger,
        "notes": notes + id_notes,
    }


def _encode(values: pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
    """Return codes (n,) into the distinct values, and these in ascending order."""
    encoded = values.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[np.asarray(order)] = np.arange(len(order), dtype=np.int32)
    return rank[np.asarray(encoded.indices)], encoded.dictionary.take(order)
