"""The manifest says how a version was made, and nothing of the machine that made it."""

import json
from pathlib import Path

import pyarrow as pa
from shop import write_shop

import x2vec
from x2vec.jobs import read_job


def manifest_of(report):
    return json.loads((Path(report.version) / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_says_how_to_do_it_again(tmp_path):
    version = Path(x2vec.run(write_shop(tmp_path)).version)
    manifest = json.loads((version / "manifest.json").read_text())
    kept = {"job", "job_fingerprint", "inputs", "versions"}  # and nothing of it twice
    assert manifest["config"].keys() == kept
    job = manifest["config"]["job"]
    assert job["model"]["vector_size"] == 16
    assert job["model"]["kind"] == "SkipGram"
    assert manifest["counts"]["read"]["rows_in"] == 2400
    assert set(manifest["metrics"]) == {
        "hr@5", "recall@5", "mrr@5", "ndcg@5", "coverage@5", "gini@5", "popularity@5",
        "similarity@5", "n_queries", "losses", "seconds",
    }  # fmt: skip


def test_paths_stand_in_the_manifest_as_they_are_written(tmp_path):
    config = manifest_of(x2vec.run(write_shop(tmp_path)))["config"]
    assert config["job"]["source"]["path"] == "orders.parquet"
    assert config["job"]["items"]["path"] == "products.parquet"
    assert config["job"]["publish"]["store"] == "store"
    assert str(tmp_path) not in json.dumps(config)


def test_a_job_has_one_fingerprint_in_every_checkout_and_for_every_store(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here, there = write_shop(tmp_path / "a"), write_shop(tmp_path / "b", publish="store = 'other'")
    assert read_job(here).fingerprint == read_job(there).fingerprint
    other = write_shop(tmp_path / "b", model="vector_size = 17")
    assert read_job(here).fingerprint != read_job(other).fingerprint
    config = manifest_of(x2vec.run(here))["config"]
    assert config["job_fingerprint"] == read_job(here).fingerprint


def test_losses_are_among_the_metrics_where_the_engine_knows_them(tmp_path):
    job = write_shop(tmp_path, n_baskets=60, evaluate=None, training="engine = 'reference'")
    report = x2vec.run(job)
    metrics = manifest_of(report)["metrics"]
    assert metrics["losses"] == report.losses
    assert metrics.keys() == {"losses", "seconds"}


def test_embeddings_made_in_python_carry_model_and_training():
    baskets = x2vec.Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
    model = x2vec.SkipGram(vector_size=8, epochs=1)
    made = x2vec.train(baskets, model, engine="reference", seed=3).provenance
    assert made.config.keys() == {"model", "query", "training"}
    assert made.config["model"]["vector_size"] == 8
    assert made.config["training"] == {
        "engine": "reference",
        "workers": 1,
        "seed": 3,
        "deterministic": False,
        "checkpoint_every": 600.0,
        "patience": 0,
        "validation_queries": 5_000,
    }
    assert len(made.metrics["losses"]) == 1


def test_reading_takes_the_share_of_rows_that_may_lack_an_id():
    table = pa.table({"order": [1, 1, 2], "sku": ["tea", None, "tea"]})
    read = x2vec.read("baskets", table, sequence="order", item="sku", max_missing_share=0.5)
    assert read.ledger.rows_in == 3
    assert read.n_events == 2
