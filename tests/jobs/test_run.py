"""A run publishes a whole version with everything counted, or nothing."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shop import GENRES, SIZE, write_shop

import x2vec
from x2vec.errors import (
    ConfigError,
    NothingLeftError,
    PluginError,
    QualityFloorError,
    SourceError,
)
from x2vec.progress import Notice, Progress


def published(folder):
    return sorted(path.name for path in folder.glob("store/v*"))


def test_neighbours_in_the_published_store_are_of_the_same_genre(tmp_path):
    report = x2vec.run(write_shop(tmp_path))
    embeddings = x2vec.load(tmp_path / "store")
    found = embeddings.similar(list(embeddings), k=SIZE - 1).to_pandas()
    assert (found.query_id // SIZE == found.item_id // SIZE).all()
    assert Path(report.version).parent == tmp_path / "store"


def test_the_item_table_travels_with_the_vectors(tmp_path):
    x2vec.run(write_shop(tmp_path))
    embeddings = x2vec.load(tmp_path / "store")
    titles = embeddings.metadata["title"].to_pylist()
    expected = [f"genre {item // SIZE} product {item % SIZE}" for item in embeddings]
    assert titles == expected


def test_the_report_counts_every_row_and_says_how_it_was_split(tmp_path):
    report = x2vec.run(write_shop(tmp_path))
    assert report.read.rows_in == 600 * 4
    assert report.read.rows_out == 600 * 4
    # the last tenth of the events by time: 60 baskets
    assert report.n_tokens == 540 * 4
    assert report.evaluation.n_queries == 60
    assert "train before 2024-03-01 18:00:00 UTC" in report.split
    json.dumps(report.to_dict(), allow_nan=False)


def test_the_embedding_beats_popularity_where_popularity_knows_nothing(tmp_path):
    report = x2vec.run(write_shop(tmp_path)).evaluation
    assert report.models == ("x2vec in-out", "x2vec cosine", "cooccurrence", "popularity")
    # three of a genre's eight are known, so five candidates are left: a hit for certain at 5
    assert report.value("hr@5", model="x2vec in-out") > 0.95
    assert report.value("hr@5", model="popularity") < 0.5


def test_same_seed_and_one_worker_publish_the_same_bytes(tmp_path):
    job = write_shop(tmp_path)
    first, second = Path(x2vec.run(job).version), Path(x2vec.run(job).version)
    assert first != second
    for name in ("items.parquet", "context.parquet"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_below_the_floor_nothing_is_published(tmp_path):
    job = write_shop(tmp_path, evaluate='k = [5]\nfloor = { metric = "mrr@5", minimum = 0.99 }')
    with pytest.raises(QualityFloorError, match=r"mrr@5 = 0\.\d+.*floor of 0\.99"):
        x2vec.run(job)
    assert published(tmp_path) == []


def test_without_an_evaluation_all_events_are_trained_on(tmp_path):
    report = x2vec.run(write_shop(tmp_path, evaluate=None))
    assert (report.evaluation, report.split, report.n_tokens) == (None, None, 600 * 4)


def test_the_minimum_count_is_taken_in_the_training_part_alone(tmp_path):
    orders = pa.table(
        {
            # "late" has three events, but only one of them before the last fifth
            "s": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
            "i": ["a", "b", "a", "b", "a", "late", "a", "b", "late", "late"],
            "t": list(range(10)),
        }
    )
    pq.write_table(orders, tmp_path / "events.parquet")
    job = tmp_path / "job.toml"
    job.write_text(
        '[source]\nadapter = "events"\npath = "events.parquet"\nsequence = "s"\nitem = "i"\n'
        'time = "t"\n[sequences]\nmin_count = 2\n[model]\nvector_size = 4\n'
        '[evaluate]\nholdout = 0.2\nk = [1]\n[publish]\nstore = "store"\n',
        encoding="utf-8",
    )
    report = x2vec.run(job)
    assert sorted(x2vec.load(tmp_path / "store")) == ["a", "b"]
    assert report.evaluation.unknown_targets == 1


def test_items_missing_from_the_item_table_get_nulls_and_are_counted(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet").slice(2)
    pq.write_table(products, tmp_path / "products.parquet")
    report = x2vec.run(job)
    assert any(f"2 of {GENRES * SIZE} items are not in the item table" in n for n in report.notices)
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 2


def test_an_item_twice_in_the_item_table_is_an_error_that_names_it(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    pq.write_table(
        pa.concat_tables([products, products.slice(3, 1)]), tmp_path / "products.parquet"
    )
    with pytest.raises(SourceError, match=r"1 items stand in the item table more than once.* 3\."):
        x2vec.run(job)
    assert published(tmp_path) == []


def test_a_column_that_a_store_has_itself_is_refused_before_training(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    pq.write_table(products.rename_columns(["product_id", "origin"]), tmp_path / "products.parquet")
    with pytest.raises(SourceError, match=r"\[items\]: the column 'origin'.*Set columns"):
        x2vec.check(job)


def test_item_table_ids_of_another_type_are_converted_and_reported(tmp_path):
    job = write_shop(tmp_path)
    products = pq.read_table(tmp_path / "products.parquet")
    text = products.set_column(0, "product_id", products["product_id"].cast(pa.string()))
    pq.write_table(text, tmp_path / "products.parquet")
    report = x2vec.run(job)
    assert any("converted from string to int64" in notice for notice in report.notices)
    assert x2vec.load(tmp_path / "store").metadata["title"].null_count == 0


def test_a_source_that_fails_midway_publishes_nothing_and_names_its_adapter(tmp_path):
    job = write_shop(tmp_path)
    data = (tmp_path / "orders.parquet").read_bytes()
    (tmp_path / "orders.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match=r"orders\.parquet"):
        x2vec.run(job)
    assert published(tmp_path) == []


def test_nothing_left_after_the_filters_is_a_table_of_reasons(tmp_path):
    job = write_shop(tmp_path, sequences="min_length = 5")
    with pytest.raises(NothingLeftError, match="-2,400 sequence shorter than 5, 600 sequences"):
        x2vec.run(job)


def test_every_problem_of_a_job_comes_in_one_message_with_its_line(tmp_path):
    job = write_shop(
        tmp_path,
        model="vector_sise = 16\nepochs = 'five'",
        sequences="gap = '30'",
        training="workers = 0",
    )
    lines = job.read_text().splitlines()
    with pytest.raises(ConfigError) as caught:
        x2vec.run(job)
    message = str(caught.value)
    line = {key: at + 1 for at, text in enumerate(lines) for key in [text.partition(" ")[0]]}
    for key in ("vector_sise", "epochs", "gap", "workers"):
        assert f"job.toml:{line[key]}: " in message, message
    assert "did you mean 'vector_size'?" in message
    assert published(tmp_path) == []


def test_an_unknown_adapter_is_a_problem_of_the_job(tmp_path):
    job = write_shop(tmp_path, source='adapter = "basket"\npath = "orders.parquet"')
    with pytest.raises(ConfigError, match=r"job\.toml:2: .*baskets"):
        x2vec.run(job)


def test_an_option_that_the_adapter_does_not_have_is_a_problem_of_the_job(tmp_path):
    source = 'adapter = "baskets"\npath = "orders.parquet"\nsequence = "b"\nitems = "product_id"'
    with pytest.raises(ConfigError, match=r"job\.toml:5: .*items.*did you mean 'item'"):
        x2vec.run(write_shop(tmp_path, source=source))


def test_an_unknown_engine_is_found_before_the_source_is_read(tmp_path):
    with pytest.raises(ConfigError, match=r"gensim"):
        x2vec.run(write_shop(tmp_path, training='engine = "gensin"'))


def test_a_floor_on_a_metric_that_is_not_measured_is_a_problem_of_the_job(tmp_path):
    job = write_shop(tmp_path, evaluate='k = [5]\nfloor = { metric = "hr@20", minimum = 0.1 }')
    with pytest.raises(ConfigError, match="there are hr@5, ndcg@5, mrr@5"):
        x2vec.run(job)


def test_progress_and_notices_reach_the_listener(tmp_path):
    events = []
    x2vec.run(write_shop(tmp_path), listen=events.append)
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert {"read", "train", "evaluate x2vec in-out", "evaluate popularity"} <= stages
    assert all(isinstance(event, (Progress, Notice)) for event in events)


def test_a_check_reads_the_first_rows_and_writes_nothing(tmp_path):
    report = x2vec.check(write_shop(tmp_path))
    assert report.columns == {
        "sequence_id": "int64", "item_id": "int64", "time": "timestamp[us, tz=UTC]",
    }  # fmt: skip
    assert report.job["model"]["vector_size"] == 16
    assert published(tmp_path) == []


def test_a_check_tells_every_problem_of_what_the_job_points_to(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "products.parquet").unlink()
    (tmp_path / "orders.parquet").unlink()
    (tmp_path / "store").write_text("a file")
    with pytest.raises(Exception, match=r"(?s)store.*products\.parquet.*orders\.parquet"):
        x2vec.check(job)


def test_the_manifest_says_how_to_do_it_again(tmp_path):
    version = Path(x2vec.run(write_shop(tmp_path)).version)
    manifest = json.loads((version / "manifest.json").read_text())
    assert manifest["config"]["job"]["model"]["vector_size"] == 16
    assert manifest["counts"]["read"]["rows_in"] == 2400
    assert set(manifest["metrics"]) == {"hr@5", "ndcg@5", "mrr@5", "n_queries"}


def test_vectors_are_finite_and_bound_to_their_items(tmp_path):
    x2vec.run(write_shop(tmp_path))
    embeddings = x2vec.load(tmp_path / "store")
    assert np.isfinite(embeddings.vectors).all()
    assert embeddings.context_vectors.shape == embeddings.vectors.shape == (GENRES * SIZE, 16)
    assert np.isin(list(embeddings), np.arange(GENRES * SIZE)).all()


def test_two_adapters_of_one_name_stop_a_job(tmp_path, monkeypatch):
    import importlib.metadata as metadata

    import x2vec._plugins as plugins

    def two(group):
        return [metadata.EntryPoint("baskets", f"shop_{n}:Adapter", group) for n in (1, 2)]

    monkeypatch.setattr(plugins, "entry_points", two)
    with pytest.raises(PluginError, match=r"shop_1:Adapter.*shop_2:Adapter"):
        plugins.find(plugins.ADAPTERS, "baskets")
