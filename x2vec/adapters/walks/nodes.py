"""Nodes and their numbers: ids are numbered as they come, and in ascending order in the end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters.border.mixed_ids import mixed_note

__all__ = ["NodeNumbers"]


class NodeNumbers:
    """Gives each id a number; ids are int64 or string, and both may occur.

    Memory follows the distinct ids. Each call looks through all of them, so give it many at once.
    """

    def __init__(self) -> None:
        self._known = {pa.int64(): pa.array([], pa.int64()), pa.string(): pa.array([], pa.string())}

    def number(self, ids: pa.Array) -> NDArray[np.int32]:
        """Return a number for each id, (n,); ``final`` says what it becomes.

        Args:
            ids: (n,) int64 or string, never null.
        """
        encoded = ids.dictionary_encode()
        known = self._known[ids.type]
        found = pc.index_in(encoded.dictionary, value_set=known)
        new = encoded.dictionary.filter(found.is_null())
        self._known[ids.type] = pa.concat_arrays([known, new])
        numbers = np.asarray(found.fill_null(-1)).astype(np.int32)
        numbers[numbers < 0] = np.arange(len(known), len(known) + len(new), dtype=np.int32)
        is_text = int(pa.types.is_string(ids.type))
        return (2 * numbers + is_text)[np.asarray(encoded.indices)]

    def final(self) -> tuple[pa.Array, NDArray[np.int32], tuple[str, ...]]:
        """Return all nodes in ascending order, the place of each number among them, and notes.

        Where numbers and text both occurred all become text, and the note says how many met.
        """
        numbers, texts = self._known.values()
        notes: tuple[str, ...] = ()
        if not len(texts):
            ids, width = numbers, (len(numbers), 0)
        else:
            as_text = numbers.cast(pa.string())
            if len(numbers):
                both = as_text.filter(pc.is_in(as_text, value_set=texts))
                notes = (mixed_note("node", len(both), pc.min(both).as_py()),)
            ids, width = pa.concat_arrays([as_text, texts]), (len(numbers), len(texts))
        encoded = ids.dictionary_encode()
        order = pc.sort_indices(encoded.dictionary)
        rank = np.empty(len(order), np.int32)
        rank[np.asarray(order)] = np.arange(len(order), dtype=np.int32)
        places = np.zeros(2 * max(width), np.int32)
        of_each = rank[np.asarray(encoded.indices)]
        places[0 : 2 * width[0] : 2] = of_each[: width[0]]
        places[1 : 1 + 2 * width[1] : 2] = of_each[width[0] :]
        return encoded.dictionary.take(order), places, notes
