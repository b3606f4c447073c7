"""The fingerprint of columns that come in batches; how they are cut into batches counts nothing."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Digest"]


class Digest:
    """Hashes each column as one stream of bytes, of lists their lengths and what they hold.

    Example:
        >>> whole, halves = Digest(), Digest()
        >>> batch = pa.record_batch({"item": ["tea", "milk"], "time": [1, 2]})
        >>> whole.add(batch)
        >>> halves.add(batch.slice(0, 1))
        >>> halves.add(batch.slice(1))
        >>> whole.value == halves.value
        True
    """

    def __init__(self) -> None:
        self._columns: dict[str, hashlib._Hash] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the next rows: text, whole numbers, times, floats, or lists of it; nulls count."""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if pa.types.is_list(column.type):
                parts = [pc.list_value_length(column), pc.list_flatten(column)]
                for part, values in zip(("lengths", "values"), parts, strict=True):
                    self.add(pa.RecordBatch.from_arrays([values], [f"{name} {part}"]))
                continue
            streams = [f"{name} {part} {column.type}" for part in ("valid", "length", "value")]
            valid, length, value = (self._columns.setdefault(s, hashlib.sha256()) for s in streams)
            valid.update(np.asarray(column.is_valid()).tobytes())
            if pa.types.is_string(column.type):
                text = column.fill_null("")
                length.update(np.asarray(pc.binary_length(text)).tobytes())
                value.update(_bytes_of(text))
            else:
                number = pa.types.is_floating(column.type)
                plain = column if number else column.cast(pa.int64())
                value.update(np.asarray(plain.fill_null(0)).tobytes())

    @property
    def value(self) -> str:
        """The sha256 of all so far, in hexadecimal."""
        whole = hashlib.sha256()
        for name in sorted(self._columns):
            whole.update(f"{name} {self._columns[name].hexdigest()}\n".encode())
        return whole.hexdigest()


def _bytes_of(text: pa.StringArray) -> memoryview:
    """Return the bytes of all texts, one after the other, without a copy."""
    if not len(text):
        return memoryview(b"")
    _, offsets, data = text.buffers()
    bounds = np.frombuffer(offsets, np.int32)[text.offset : text.offset + len(text) + 1]
    return memoryview(data or b"")[bounds[0] : bounds[-1]]
