"""Packed files: read whole, or refused by name; half of one never passes for all of it."""

import gzip

import numpy as np
import pyarrow as pa
import pytest

from x2vec.adapters import open_events, read_table
from x2vec.adapters.files.streams import check_packed, open_bytes
from x2vec.errors import SourceError

DRAWS = np.random.default_rng(0).integers(0, 10**9, 40_000)
CSV = b"session,sku\n" + b"".join(b"s,%d\n" % draw for draw in DRAWS)
JSONL = b"".join(b'{"session": "s", "sku": "%d"}\n' % draw for draw in DRAWS)


def zstd(text):
    return pa.compress(text, codec="zstd", asbytes=True)


def flipped(data, place):
    changed = bytearray(data)
    changed[place] ^= 4
    return bytes(changed)


def n_rows(path, sql=None):
    options = {"path": str(path), "sequence": "session", "item": "sku", "sql": sql}
    return sum(batch.num_rows for batch in open_events("events", options))


@pytest.mark.parametrize("sql", [None, "FROM source"])
@pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gz", "zst"])
@pytest.mark.parametrize(("ending", "text"), [("csv", CSV), ("jsonl", JSONL)])
def test_a_file_of_several_packed_parts_is_read_to_its_end(tmp_path, ending, text, pack, sql):
    packing = "gz" if pack is gzip.compress else "zst"
    path = tmp_path / f"a.{ending}.{packing}"
    half = len(text) // 2
    path.write_bytes(pack(text[:half]) + pack(text[half:]))
    assert n_rows(path, sql) == len(DRAWS)
    with open_bytes(path) as file:
        assert file.read() == text


def damaged(text):
    """Yield a name and the bytes of each kind of damage; its place is after the first columns."""
    packed = {"gz": gzip.compress(text), "zst": zstd(text)}
    for ending, data in packed.items():
        yield f"half.{ending}", ending, data[: len(data) // 2]
        yield f"last bytes.{ending}", ending, data[:-6]
    yield "flip.gz", "gz", flipped(packed["gz"], len(packed["gz"]) // 2)  # Arrow's zst has no sums
    yield "sum.gz", "gz", flipped(packed["gz"], -6)
    yield "second part.gz", "gz", packed["gz"] + gzip.compress(text)[:1000]


@pytest.mark.parametrize("sql", [None, "FROM source", "SELECT * FROM source LIMIT 1"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("kind", [name for name, *_ in damaged(b"")])
def test_a_damaged_or_truncated_file_is_named(tmp_path, kind, form, sql):
    text = {"csv": CSV, "jsonl": JSONL}[form]
    ending, data = {name: rest for name, *rest in damaged(text)}[kind]
    path = tmp_path / f"a.{form}.{ending}"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=rf"adapter 'events': (sql: )?.*/a\.{form}\.{ending}"):
        n_rows(path, sql)


def test_a_damaged_item_table_is_refused(tmp_path):
    path = tmp_path / "items.csv.zst"
    path.write_bytes(zstd(CSV)[:100_000])
    with pytest.raises(SourceError, match=r"items\.csv\.zst: a damaged or truncated zstd file"):
        read_table(path)


def test_what_is_not_packed_passes(tmp_path):
    check_packed(tmp_path / "not even there.csv")
