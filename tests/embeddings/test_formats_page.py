"""docs/formats.md names every column, key and file, and others open what it describes."""

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq

from x2vec.embeddings import FORMAT_VERSION, publish

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"


def test_every_key_column_and_file_is_described(tmp_path, shop):
    version = publish(shop, tmp_path / "store")
    page = PAGE.read_text(encoding="utf-8")
    manifest = json.loads((version / "manifest.json").read_text())
    ours = pq.read_schema(version / "items.parquet").names[:4]
    for name in [*manifest, *manifest["files"], *manifest["files"]["items.parquet"], *ours]:
        assert f"`{name}`" in page, name
    assert f"format version {FORMAT_VERSION}" in page


def test_64_dimensions_open_in_pandas_polars_and_duckdb(tmp_path, shop):
    items = str(publish(shop, tmp_path / "store") / "items.parquet")
    assert np.stack(pd.read_parquet(items)["embedding"]).tobytes() == shop.vectors.tobytes()
    column = pl.read_parquet(items)["embedding"]
    assert column.dtype == pl.Array(pl.Float32, 64)
    assert column.to_numpy().tobytes() == shop.vectors.tobytes()
    (found,) = duckdb.sql(
        f"SELECT embedding::FLOAT[64] FROM '{items}' WHERE item_id = 'jam'"
    ).fetchall()
    assert np.array(found[0], np.float32).tobytes() == shop["jam"].tobytes()
