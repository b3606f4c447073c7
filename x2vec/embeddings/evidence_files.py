"""The Parquet files of evidence: ``evidence.parquet``, a row an item, and ``together.parquet``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from x2vec.embeddings.checks import as_id_column
from x2vec.embeddings.durable import Receipt, writing
from x2vec.embeddings.evidence import Evidence, Pairs
from x2vec.embeddings.parquet_read import check_parquet, check_plausible, damage
from x2vec.errors import DamagedError

__all__ = ["read_evidence", "write_evidence", "write_together"]

_GROUP_ROWS = 131_072  # pairs; the examples of one pair are read with those of its group
_COLUMNS = ("sequences", "meetings", "cut", "at_most")
_FACTS = b"x2vec"


def write_evidence(evidence: Evidence, items: pa.Array, path: Path) -> Receipt:
    """Write ``item_id`` and what is known of each item to a new file."""
    columns = {name: pa.array(getattr(evidence, name)) for name in _COLUMNS}
    table = pa.table({"item_id": items, **columns})
    facts = {"n_sequences": evidence.n_sequences, "reach": evidence.reach}
    schema = _required(table.schema).with_metadata({_FACTS: json.dumps(facts)})
    with writing(path) as file:
        pq.write_table(table.cast(schema), file, **_form(["item_id"]))
    return file.receipt()


def write_together(evidence: Evidence, items: pa.Array, path: Path) -> Receipt:
    """Write ``item_id, other_id, count, lift, examples``, a row a pair, to a new file."""
    pairs, total = evidence.pairs, len(evidence.pairs)
    owners = np.repeat(np.arange(len(items), dtype=np.int32), np.diff(pairs.offsets))
    ids = evidence.source.examples(0, 0).type.value_type
    schema = _required(
        pa.schema(
            {
                "item_id": items.type,
                "other_id": items.type,
                "count": pa.int64(),
                "lift": pa.float32(),
                "examples": pa.list_(ids.value_type if pa.types.is_dictionary(ids) else ids),
            }
        )
    )
    with (
        writing(path) as file,
        pq.ParquetWriter(file, schema, **_form(["item_id"])) as writer,
    ):
        for start in range(0, total, _GROUP_ROWS):
            stop = min(start + _GROUP_ROWS, total)
            rows, others, counts = (
                column[start:stop] for column in (owners, pairs.others, pairs.counts)
            )
            lift = counts / evidence.expected(rows, others)
            columns = [
                items.take(pa.array(rows)),
                items.take(pa.array(others)),
                pa.array(counts),
                pa.array(lift.astype(np.float32)),
                evidence.source.examples(start, stop).cast(schema.field("examples").type),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), _GROUP_ROWS)
    return file.receipt()


def read_evidence(path: Path, together: Path, items: pa.Array, *, verify: bool) -> Evidence:
    """Read what is known of each item, and open the file of pairs, which is read when asked for.

    Raises:
        DamagedError: A file is not what was written.
    """
    with damage(path):
        file = check_parquet(path, verify=verify)
        _refuse_bomb(file, path)
        facts = json.loads((file.schema_arrow.metadata or {})[_FACTS])
        table = file.read(["item_id", *_COLUMNS])
        if not as_id_column(table["item_id"], "item_id").equals(items):
            raise DamagedError(f"{path}: its items are not those of items.parquet, in their order.")
        opened = check_parquet(together, verify=verify)
        _refuse_bomb(opened, together)
        columns = {name: np.asarray(table[name]) for name in _COLUMNS}
        source = _StoredPairs(opened, together, items)
        return Evidence(int(facts["n_sequences"]), int(facts["reach"]), **columns, source=source)


@dataclass(frozen=True, eq=False)
class _StoredPairs:
    """Pairs in a file that stays open, so that they can be read when their version is gone."""

    file: pq.ParquetFile
    path: Path
    items: pa.Array

    def pairs(self) -> Pairs:
        """Read the pairs, without their examples."""
        with damage(self.path):
            table = self.file.read(["item_id", "other_id", "count"])
            owners, others = (self._rows(table[name]) for name in ("item_id", "other_id"))
            if (np.diff(owners) < 0).any():
                raise DamagedError(f"{self.path}: its items do not stand in their order.")
            offsets = np.searchsorted(owners, np.arange(len(self.items) + 1))
            return Pairs(offsets.astype(np.int64), others, np.asarray(table["count"], np.int64))

    def examples(self, start: int, stop: int) -> pa.Array:
        """Read the examples of the groups that hold some pairs."""
        with damage(self.path):
            footer = self.file.metadata
            sizes = [footer.row_group(group).num_rows for group in range(footer.num_row_groups)]
            ends = np.cumsum(sizes, dtype=np.int64)
            groups = [
                group
                for group, (end, size) in enumerate(zip(ends, sizes, strict=True))
                if end > start and end - size < stop
            ]
            if not groups:
                return pa.array([], self.file.schema_arrow.field("examples").type)
            first = int(ends[groups[0]]) - sizes[groups[0]]
            found = self.file.read_row_groups(groups, columns=["examples"])["examples"]
            return found.slice(start - first, stop - start).combine_chunks()

    def _rows(self, ids: pa.ChunkedArray) -> NDArray[np.int32]:
        rows = pc.index_in(as_id_column(ids, "item_id"), value_set=self.items)
        if rows.null_count:
            raise DamagedError(f"{self.path}: names items that items.parquet does not hold.")
        return np.asarray(rows)


def _refuse_bomb(file: pq.ParquetFile, path: Path) -> None:
    groups = range(file.metadata.num_row_groups)
    check_plausible(path, sum(file.metadata.row_group(group).total_byte_size for group in groups))


def _required(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(False) for field in schema])


def _form(statistics: list[str]) -> dict[str, Any]:
    return {
        "version": "2.6",
        "compression": "zstd",
        "write_statistics": statistics,
        "write_page_checksum": True,
    }
