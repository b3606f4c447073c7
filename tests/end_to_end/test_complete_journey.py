"""The demo's job on its real data, with fewer epochs: what it reads, and what it finds."""

from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow.compute as pc
import pytest

import x2vec

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run pipelines/complete_journey.toml with four epochs of a sixth of the work."""
    folder = tmp_path_factory.mktemp("demo")
    text = (ROOT / "pipelines" / "complete_journey.toml").read_text(encoding="utf-8")
    changes = {
        "epochs = 10": "epochs = 4",
        "vector_size = 64": "vector_size = 32",
        "min_count = 5": "min_count = 20",
        "workers = 2": "workers = 1",  # the same vectors whenever they are made
        "../build/complete_journey": "store",
    }
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "job.toml").write_text(text, encoding="utf-8")
    return folder / "store", x2vec.run(folder / "job.toml")


def test_every_basket_line_is_read_and_accounted_for(demo):
    _, report = demo
    assert (report.read.rows_in, report.read.sequences_in) == (1_469_307, 155_848)
    removed = sum(removal.rows for removal in report.trained.removals)
    assert report.n_tokens + removed == 1_469_307


def test_what_goes_into_a_taco_stands_near_taco_shells_and_the_like(demo):
    store, _ = demo
    embeddings = x2vec.load(store)
    category = embeddings.metadata["product_category"].to_pylist()
    hispanic = [item for item, one in zip(embeddings, category, strict=True) if one == "HISPANIC"]
    share = len(hispanic) / len(embeddings)
    found = embeddings.similar(hispanic[:50], k=10).with_metadata(["product_category"]).to_pandas()
    assert share < 0.03
    assert (found.product_category == "HISPANIC").mean() > 10 * share


def test_neighbours_share_a_category_far_more_often_than_chance(demo):
    store, _ = demo
    embeddings = x2vec.load(store)
    category = embeddings.metadata["product_category"]
    sample = list(embeddings)[:2000:10]
    found = embeddings.similar(sample, k=10).with_metadata(["product_category"]).to_pandas()
    own = dict(zip(embeddings, category.to_pylist(), strict=True))
    agree = (found.product_category == found.query_id.map(own)).mean()
    shares = pc.value_counts(category.drop_null()).field("counts").to_numpy() / len(category)
    chance = float((shares**2).sum())  # two items drawn at random
    assert agree > 5 * chance


def test_the_embedding_knows_more_than_popularity(demo):
    _, report = demo
    popularity = report.evaluation.value("ndcg@20", model="popularity")
    assert report.evaluation.value("ndcg@20", model="x2vec in-out") > popularity


def test_pandas_polars_and_duckdb_read_the_same_store(demo):
    store, report = demo
    file = Path(report.version) / "items.parquet"
    embeddings = x2vec.load(store)
    first = embeddings.vectors[0].tolist()
    assert pd.read_parquet(file).embedding[0].tolist() == first
    assert pl.read_parquet(file)["embedding"][0].to_list() == first
    rows = duckdb.sql(f"SELECT embedding FROM '{file}' LIMIT 1").fetchall()
    assert list(rows[0][0]) == first


def test_the_data_set_card_says_what_the_data_are(demo):
    import tomllib

    card = tomllib.loads((ROOT / "datasets/complete_journey/dataset.toml").read_text("utf-8"))
    _, report = demo
    assert card["counts"]["basket_lines"] == report.read.rows_in
    assert (ROOT / "datasets/complete_journey" / card["job"]).resolve().exists()
