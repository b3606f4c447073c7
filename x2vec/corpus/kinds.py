"""Kinds of events, numbered while they are read: few names, and a small integer for each event."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.errors import SourceError

__all__ = ["KindCodes"]


class KindCodes:
    """Numbers kinds in the order in which they are met; null is a kind like the others."""

    def __init__(self) -> None:
        self._codes: dict[str | None, int] = {}

    def encode(self, kinds: pa.StringArray) -> pa.Array:
        """Return the number of each kind, (n,) int16.

        Raises:
            SourceError: There are more kinds than int16 holds, so they are none.
        """
        encoded = kinds.dictionary_encode(null_encoding="encode")
        names = encoded.dictionary.to_pylist()
        codes = [self._codes.setdefault(name, len(self._codes)) for name in names]
        if len(self._codes) > np.iinfo(np.int16).max:
            some = ", ".join(repr(kind) for kind in list(self._codes)[:3])
            raise SourceError(
                f"kind: more than {np.iinfo(np.int16).max:,} different kinds, such as {some}. "
                "Name the column that says what was done, such as view or purchase."
            )
        return pa.array(np.array(codes, np.int16)[np.asarray(encoded.indices)])

    @property
    def names(self) -> tuple[str | None, ...]:
        """The kinds in ascending order, None last."""
        return tuple(sorted(self._codes, key=lambda kind: (kind is None, kind or "")))

    @property
    def ranks(self) -> NDArray[np.int16]:
        """The place in ``names`` of each number, (n_kinds,)."""
        places = {kind: place for place, kind in enumerate(self.names)}
        return np.array([places[kind] for kind in self._codes], np.int16)
