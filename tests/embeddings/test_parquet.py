"""The Parquet layout: what others open, what they make of it, and what is refused."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from x2vec.embeddings import Embeddings, load, parquet_read, parquet_write
from x2vec.errors import DamagedError, StorageError


def bare(path, embedding, **others):
    """Write a bare file by hand."""
    n_items = len(embedding)
    columns = {
        "item_id": [f"i{row}" for row in range(n_items)],
        "count": [1] * n_items,
        "origin": ["trained"] * n_items,
        "embedding": embedding,
        **others,
    }
    pq.write_table(pa.table({k: v for k, v in columns.items() if v is not None}), path)
    return path


def lists(rows, kind=None):
    return pa.array(rows, pa.list_(kind or pa.float32()))


def test_the_layout_is_the_one_that_formats_md_prints(tmp_path, shop):
    file = pq.ParquetFile(shop.save(tmp_path / "saved") / "items.parquet")
    schema = file.schema_arrow
    assert schema.names == ["item_id", "count", "origin", "embedding", "name", "price"]
    assert schema.field("item_id").type == pa.string()
    assert schema.field("count").type == pa.int64()
    assert schema.field("embedding").type == pa.list_(pa.float32(), 64)
    assert not schema.field("item_id").nullable
    group = file.metadata.row_group(0)
    by_path = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    vectors = by_path["embedding.list.element"]
    assert vectors.compression == "ZSTD"
    assert not vectors.has_dictionary_page
    assert by_path["origin"].has_dictionary_page
    context = pq.read_schema(tmp_path / "saved" / "context.parquet")
    assert context.names == ["item_id", "embedding"]


@pytest.mark.parametrize(("large", "rows"), [(10**7, 16_384), (10, 65_536)])
def test_row_groups_grow_with_the_table(tmp_path, monkeypatch, large, rows):
    monkeypatch.setattr(parquet_write, "_LARGE", large)
    n_items = 70_000
    vectors = np.ones((n_items, 1), np.float32)
    embeddings = Embeddings(range(n_items), vectors, counts=np.ones(n_items, int))
    file = pq.ParquetFile(embeddings.save(tmp_path / "big.parquet"))
    sizes = [file.metadata.row_group(g).num_rows for g in range(file.num_row_groups)]
    assert sizes[0] == rows
    assert sum(sizes) == n_items
    assert load(tmp_path / "big.parquet").items.equals(embeddings.items)


def test_a_rewrite_by_duckdb_loads_again(tmp_path, shop, same):
    ours = shop.save(tmp_path / "ours.parquet")
    theirs = tmp_path / "theirs.parquet"
    duckdb.sql(f"COPY (SELECT * FROM '{ours}') TO '{theirs}' (FORMAT parquet)")
    assert pa.types.is_list(pq.read_schema(theirs).field("embedding").type)
    assert same(load(theirs), load(ours))


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float32()),
        pa.list_(pa.float64()),
        pa.large_list(pa.float32()),
        pa.list_(pa.float64(), 2),
    ],
)
def test_lists_of_either_kind_and_width_load(tmp_path, kind):
    path = bare(tmp_path / "bare.parquet", pa.array([[1, 2], [3, 4]], kind))
    assert load(path).vectors.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("embedding", "message"),
    [
        (lists([[1, 2], [3]]), "vector in row 1 has 1 numbers; expected 2"),
        (lists([[1, 2], [3, 4, 5]]), "vector in row 1 has 3 numbers; expected 2"),
        (lists([[1, 2], None]), "vector in row 1 is null"),
        (pa.array([[1, 2], None], pa.list_(pa.float32(), 2)), "vector in row 1 is null"),
        (lists([None, [1, 2]]), "vector in row 0 is missing"),
        (lists([[1, 2], [3, None]]), "hold nulls"),
        (lists([[1, 2], [3, float("nan")]]), "row 1 holds NaN"),
        (lists([[1, 2], [3, 1e300]], pa.float64()), "row 1 holds NaN, infinity"),
        (lists([["a"], ["b"]], pa.string()), "expected a list of float or double"),
        (pa.array([1.0, 2.0]), "expected a list of float or double"),
        (lists([[], []]), "vector in row 0 has no numbers"),
    ],
)
def test_vectors_that_do_not_hold_are_refused(tmp_path, embedding, message):
    with pytest.raises(DamagedError, match=message) as refused:
        load(bare(tmp_path / "bare.parquet", embedding))
    assert "bare.parquet" in str(refused.value)


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"item_id": None}, "no column 'item_id'; found 'count'"),
        ({"count": None}, "no column 'count'"),
        ({"item_id": ["a", "a"]}, "duplicates, such as 'a'"),
        ({"item_id": ["a", None]}, "null, the first in row 1"),
        ({"item_id": [1.0, 2.0]}, "expected text or integers"),
        ({"count": [1, None]}, "expected integers, no nulls"),
        ({"count": ["1", "2"]}, "expected integers"),
        ({"count": [1, -5]}, "counts: -5"),
        ({"origin": [1, 2]}, "origin: expected text"),
    ],
)
def test_columns_that_do_not_hold_are_refused(tmp_path, others, message):
    with pytest.raises(DamagedError, match=message):
        load(bare(tmp_path / "bare.parquet", lists([[1, 2], [3, 4]]), **others))


def test_a_truncated_or_foreign_file_is_told_by_name(tmp_path, shop):
    whole = shop.save(tmp_path / "whole.parquet").read_bytes()
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedError, match=r"cut\.parquet: truncated"):
        load(cut)
    cut.write_bytes(b"item_id,count\n")
    with pytest.raises(
        DamagedError, match=r"cut\.parquet: not a Parquet file; it starts with b'item'"
    ):
        load(cut)
    cut.write_bytes(whole[:100] + whole[-100:])
    with pytest.raises(DamagedError, match=r"cut\.parquet: "):
        load(cut)
    cut.write_bytes(b"")
    with pytest.raises(DamagedError, match="not a Parquet file"):
        load(cut)


def test_a_flipped_bit_in_the_vectors_of_a_bare_file_is_found_by_page_checksums(tmp_path, shop):
    path = shop.save(tmp_path / "bare.parquet")
    group = pq.ParquetFile(path).metadata.row_group(0)
    vectors = next(
        group.column(i)
        for i in range(group.num_columns)
        if group.column(i).path_in_schema.startswith("embedding")
    )
    damaged = bytearray(path.read_bytes())
    damaged[vectors.data_page_offset + vectors.total_compressed_size - 20] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(DamagedError, match=r"(?i)checksum|CRC"):
        load(path)


@pytest.fixture
def whole(tmp_path):
    """Return the bytes of a bare file, small, and with a name beyond ASCII in its footer."""
    metadata = pa.table({"größe": ["x", "y"]})
    embeddings = Embeddings(["a", "b"], [[1, 2], [3, 4]], counts=[2, 1], metadata=metadata)
    return embeddings.save(tmp_path / "whole.parquet").read_bytes()


def flipped(whole, place, bit):
    damaged = bytearray(whole)
    damaged[place] ^= 1 << bit
    return damaged


def vectors_or_none(path):
    """Return the vectors that a file gives, None where it is refused."""
    try:
        return load(path).vectors.tolist()
    except DamagedError:
        return None


@given(place=st.integers(0), bit=st.integers(0, 7))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_flipped_bit_anywhere_in_a_bare_file_is_refused_or_harmless(tmp_path, whole, place, bit):
    path = tmp_path / "bare.parquet"
    path.write_bytes(flipped(whole, place % len(whole), bit))
    assert vectors_or_none(path) in (None, [[1, 2], [3, 4]])  # the footer has no checksum


@pytest.mark.parametrize("bit", [0, 5, 7])
def test_no_byte_of_a_footer_brings_the_reader_down(tmp_path, whole, bit):
    path = tmp_path / "bare.parquet"
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    for place in range(footer, len(whole)):
        path.write_bytes(flipped(whole, place, bit))
        assert vectors_or_none(path) in (None, [[1, 2], [3, 4]])


def test_a_file_whose_names_cannot_be_decoded_is_not_ours_to_replace(tmp_path, whole):
    path = tmp_path / "bare.parquet"
    place = whole.index("ö".encode())
    path.write_bytes(flipped(whole, place + 1, 7))
    with pytest.raises(DamagedError, match=r"bare\.parquet: cannot be read: .*decode"):
        load(path)
    with pytest.raises(StorageError, match="something else is there"):
        Embeddings(["a"], [[1]], counts=[1]).save(path, overwrite=True)


def test_a_small_file_that_declares_huge_content_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_read, "_PLAUSIBLE_BYTES", 10**6)
    zeros = pa.FixedSizeListArray.from_arrays(pa.array(np.zeros(5 * 10**6, np.float32)), 1000)
    path = tmp_path / "bomb.parquet"
    table = pa.table(
        {"item_id": range(5000), "count": range(5000), "origin": ["x"] * 5000, "embedding": zeros}
    )
    pq.write_table(table, path, compression="zstd", compression_level=19, use_dictionary=False)
    monkeypatch.setattr(parquet_read, "_PLAUSIBLE_RATIO", 20)
    with pytest.raises(DamagedError, match="refused as a decompression bomb"):
        load(path)
