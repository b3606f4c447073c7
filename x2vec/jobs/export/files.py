"""Answers as files: Parquet, CSV and JSON Lines, a file a partition, each synced and hashed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from x2vec.embeddings.durable import Receipt, writing
from x2vec.errors import DataError

__all__ = ["ENDINGS", "PartFile", "part_file", "refuse_nul", "safe_in_spreadsheets"]

ENDINGS: Final = {"parquet": ".parquet", "csv": ".csv", "jsonl": ".jsonl"}

_FORMULA: Final = r"^[=+\-@\t\r]"
"""How a text starts that a spreadsheet takes for a formula: OWASP, "CSV Injection"."""


class PartFile:
    """A file that takes batches of one schema.

    Attributes:
        receipt: Size and hash of the file, once its block has ended.
    """

    def __init__(self, write: Callable[[pa.RecordBatch], None]) -> None:
        self.write = write
        self.receipt: Receipt | None = None


@contextmanager
def part_file(path: Path, schema: pa.Schema, *, form: str) -> Iterator[PartFile]:
    """Open a new file; when the block ends well, it is whole and synced.

    Args:
        path: Where; nothing may be there.
        schema: Of the batches.
        form: ``"parquet"``, ``"csv"`` or ``"jsonl"``.
    """
    with writing(path) as file, _FORMS[form](file, schema) as write:
        part = PartFile(write)
        yield part
    part.receipt = file.receipt()


def refuse_nul(batch: pa.RecordBatch, *, form: str) -> None:
    """Refuse an id that holds a NUL character, at which other programs would cut it.

    Raises:
        DataError: There is one.
    """
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        texts = column.flatten() if pa.types.is_list(column.type) else column
        if not pa.types.is_string(texts.type):
            continue
        at = pc.index(pc.fill_null(pc.match_substring(texts, "\0"), False), True).as_py()
        if at >= 0:
            raise DataError(
                f"{name}: the id {texts[at].as_py()!r} holds a NUL character, which {form} cannot "
                'keep. Set format = "parquet", or mend the id.'
            )


def safe_in_spreadsheets(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Put a ``'`` before each text that a spreadsheet would take for a formula.

    Example:
        >>> risky = pa.record_batch({"item_id": ["=cmd()", "tea"]})
        >>> safe_in_spreadsheets(risky)["item_id"].to_pylist()
        ["'=cmd()", 'tea']
    """
    columns = [
        pc.if_else(
            pc.match_substring_regex(c, _FORMULA), pc.binary_join_element_wise("'", c, ""), c
        )
        if pa.types.is_string(c.type)
        else c
        for c in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


@contextmanager
def _parquet(file: Any, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    with pq.ParquetWriter(
        file, schema, version="2.6", compression="zstd", write_page_checksum=True
    ) as writer:
        yield writer.write_batch


@contextmanager
def _csv(file: Any, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    with pyarrow.csv.CSVWriter(file, schema) as writer:
        yield writer.write_batch


@contextmanager
def _jsonl(file: Any, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    singles = [n for n, field in enumerate(schema) if field.type == pa.float32()]
    lists = [n for n, field in enumerate(schema) if field.type == pa.list_(pa.float32())]
    dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

    def write(batch: pa.RecordBatch) -> None:
        columns = [column.to_pylist() for column in batch.columns]
        for n in singles:
            columns[n] = _short(batch.column(n))
        for n in lists:
            columns[n] = [_short(one.values) for one in batch.column(n)]
        names = schema.names
        lines = (dumps(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True))
        file.write("".join(f"{line}\n" for line in lines).encode())

    yield write


def _short(numbers: pa.Array) -> list[float | None]:
    """Return float32 numbers as the shortest decimals that mean them, such as 0.1."""
    return [None if text is None else float(text) for text in numbers.cast(pa.string()).to_pylist()]


_FORMS: Final = {"parquet": _parquet, "csv": _csv, "jsonl": _jsonl}
