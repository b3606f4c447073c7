"""JSON Lines files as tables: one object a line, columns are its keys, exactly as spelt.

Values travel as JSON (Arrow's ``arrow.json`` type), so that 1, 1.0 and "1" are still told apart
where ids are checked. A key that a line lacks is null there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from x2vec.adapters.base import BATCH_ROWS
from x2vec.adapters.files.streams import UNREADABLE, check_packed, name_of, open_bytes, packed_by
from x2vec.adapters.tables.duck import connect, literal, path_literal, read_errors
from x2vec.adapters.tables.json_values import as_json
from x2vec.errors import SourceError

__all__ = ["JsonTable"]

_SAMPLED_LINES: Final = 20_000
"""Lines looked at for the names of the columns: a key that first shows up later is not found."""


@dataclass(frozen=True)
class JsonTable:
    """One JSON Lines file."""

    path: Path
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's path or address."""
        return name_of(self.path)

    @classmethod
    def open(cls, path: Path) -> JsonTable:
        """Look at the first lines for the names of the columns.

        Raises:
            SourceError: A line among them is no JSON object.
        """
        try:
            with connect() as connection:
                lines = f"SELECT json FROM {_scan(path)} LIMIT {_SAMPLED_LINES}"
                others = connection.sql(
                    f"SELECT json_type(json) FROM ({lines}) WHERE json_type(json) != 'OBJECT'"
                )
                foreign = others.limit(1).fetchall()
                keys = connection.sql(f"SELECT DISTINCT json_keys(json) FROM ({lines})").fetchall()
        except read_errors() as error:
            raise _damaged(path, error) from error
        if foreign:
            raise SourceError(
                f"{name_of(path)}: holds a JSON {foreign[0][0].lower()} where an object was "
                "expected. JSON Lines is one object a line, such as "
                '{"session": "s1", "item": "bread"}.'
            )
        names = {name: None for (row,) in sorted(keys) for name in row}
        return cls(path, tuple(names))

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order, every column of type ``arrow.json``.

        Raises:
            SourceError: A line is not JSON, or holds text that is not Unicode; what is packed is
                damaged or truncated.
        """
        values = ", ".join(
            f"json_extract(json, {literal(_pointer(column))}) AS c{number}"
            for number, column in enumerate(columns)
        )
        try:
            with connect() as connection:
                relation = connection.sql(f"SELECT {values} FROM {_scan(self.path)}")
                for batch in relation.to_arrow_reader(BATCH_ROWS):
                    yield pa.RecordBatch.from_arrays(
                        [as_json(column) for column in batch.columns], names=list(columns)
                    )
            check_packed(self.path)
        except read_errors() as error:
            raise _damaged(self.path, error) from error


def _scan(path: Path) -> str:
    options = f"format='newline_delimited', compression='{packed_by(path)}'"
    return f"read_json_objects({path_literal(path)}, {options})"


def _pointer(key: str) -> str:
    """Return the JSON pointer (RFC 6901) to a key: unlike column names, it minds upper case."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _damaged(path: Path, error: Exception) -> SourceError:
    """Find the line that does not parse: DuckDB's count of lines starts at two."""
    try:
        with open_bytes(path) as file:
            for number, line in enumerate(file, start=1):
                problem = _problem(line)
                if problem:
                    return SourceError(
                        f"{name_of(path)}, row {number}: {problem}. Mend or remove that line."
                    )
    except UNREADABLE as unreadable:
        return SourceError(f"{name_of(path)}: cannot be read ({unreadable}). Copy it again.")
    return SourceError(f"{name_of(path)}: {str(error).strip().splitlines()[0]}")


def _problem(line: bytes) -> str | None:
    if not line.strip():
        return None
    try:
        json.dumps(json.loads(line), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "a text holds half of a surrogate pair, which is no Unicode character"
    except UnicodeDecodeError:
        return "not UTF-8"
    except ValueError as error:
        return f"not JSON ({error})"
    return None
