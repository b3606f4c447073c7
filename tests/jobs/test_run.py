"""A run publishes a whole version with everything counted, or nothing."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shop import GENRES, SIZE, write_shop

import x2vec
from x2vec.errors import ConfigError, DataError, NothingLeftError, QualityFloorError, SourceError
from x2vec.jobs import SplitReport
from x2vec.progress import Notice, Progress
from x2vec.recommendation import pairs


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
    assert report.split.description == "train before 2024-03-01 18:00:00 UTC, ask after"
    json.dumps(report.to_dict(), allow_nan=False)


def test_the_embedding_beats_popularity_where_popularity_knows_nothing(tmp_path):
    report = x2vec.run(write_shop(tmp_path)).evaluation
    assert report.models[:2] == ("x2vec in-out", "x2vec cosine")
    assert {"cooccurrence", "popularity", "vsknn"} <= set(report.models)
    # three of a genre's eight are known, so five candidates are left: a hit for certain at 5
    assert report.value("hr@5", model="x2vec in-out") > 0.95
    assert report.value("hr@5", model="popularity") < 0.5


def test_same_seed_and_one_worker_publish_the_same_bytes(tmp_path):
    job = write_shop(tmp_path)
    first, second = (Path(x2vec.run(job, force=True).version) for _ in range(2))
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


def test_progress_and_notices_reach_the_listener(tmp_path):
    events = []
    x2vec.run(write_shop(tmp_path), listen=events.append)
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert {"read", "train", "evaluate x2vec in-out", "evaluate popularity"} <= stages
    assert all(isinstance(event, (Progress, Notice)) for event in events)


def test_vectors_are_finite_and_bound_to_their_items(tmp_path):
    x2vec.run(write_shop(tmp_path))
    embeddings = x2vec.load(tmp_path / "store")
    assert np.isfinite(embeddings.vectors).all()
    assert embeddings.context_vectors.shape == embeddings.vectors.shape == (GENRES * SIZE, 16)
    assert np.isin(list(embeddings), np.arange(GENRES * SIZE)).all()


def test_after_the_split_nothing_is_cut_again_and_no_repeat_is_new(tmp_path):
    # b is too rare; without it a stands beside itself, and 40 minutes lie between the two
    rows = [("s", "a", 0), ("s", "b", 20), ("s", "a", 40), ("s", "c", 41)]
    rows += [(f"t{n}", item, 50 + n) for n in range(4) for item in "cdc"]
    columns = dict(zip(("s", "i", "t"), map(list, zip(*rows, strict=True)), strict=True))
    columns["t"] = np.datetime64("2024-03-01", "us") + np.array(columns["t"], "timedelta64[m]")
    pq.write_table(pa.table(columns), tmp_path / "events.parquet")
    job = tmp_path / "job.toml"
    job.write_text(
        '[source]\nadapter = "events"\npath = "events.parquet"\nsequence = "s"\nitem = "i"\n'
        'time = "t"\n[sequences]\ngap = "30m"\nrepeats = "collapse"\nmin_count = 2\n'
        '[model]\nvector_size = 4\n[evaluate]\nsplit = "leave-last-out"\nk = [1]\n'
        '[publish]\nstore = "store"\n',
        encoding="utf-8",
    )
    report = x2vec.run(job)
    assert report.n_tokens == len("aa") + 4 * len("cd")
    assert report.trained.sequences_cut == 0


def test_the_report_says_how_many_queries_could_have_been_asked(tmp_path):
    report = x2vec.run(write_shop(tmp_path, evaluate="k = [5]\nmax_queries = 10"))
    what = "train before 2024-03-01 18:00:00 UTC, ask after"
    assert report.split == SplitReport(what, rows_held_out=60 * 4, n_askable=60, n_asked=10)
    assert report.evaluation.n_queries == 10
    assert str(report.split) == f"{what}: 240 rows held out, 10 of 60 queries asked"
    assert report.to_dict()["split"]["n_askable"] == 60


def test_the_loss_of_each_epoch_is_in_the_report_where_the_engine_knows_it(tmp_path):
    job = write_shop(
        tmp_path, n_baskets=60, model="vector_size = 8\nepochs = 3\nalpha = 0.1",
        training='engine = "reference"',
    )  # fmt: skip
    losses = x2vec.run(job).losses
    assert len(losses) == 3
    assert losses[0] > losses[1] > losses[2]
    gensim = write_shop(tmp_path, n_baskets=60, training='engine = "gensim"')
    assert x2vec.run(gensim).losses is None


def test_a_baseline_that_is_too_large_leaves_the_leaderboard_and_not_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1)
    report = x2vec.run(write_shop(tmp_path))
    assert "popularity" in report.evaluation.models
    assert "cooccurrence" not in report.evaluation.models
    assert any("cooccurrence is left out of the leaderboard" in note for note in report.notices)
    assert published(tmp_path) == ["v000001"]


def test_a_baseline_that_the_floor_is_set_for_stops_the_run_before_training(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1)
    floor = 'k = [5]\nfloor = { metric = "hr@5", minimum = 0.1, model = "cooccurrence" }'
    events = []
    with pytest.raises(DataError, match="co-occurrence"):
        x2vec.run(write_shop(tmp_path, evaluate=floor), listen=events.append)
    assert "train" not in {event.stage for event in events}


def test_a_query_form_ranks_on_trial_and_stands_in_the_manifest(tmp_path):
    form = {"scoring": "in-in", "decay": 0.5, "last": 2}
    job = write_shop(tmp_path, query='scoring = "in-in"\ndecay = 0.5\nlast = 2')
    report = x2vec.run(job).evaluation
    assert report.models[:2] == ("x2vec in-in", "x2vec cosine")
    ranks = [report.ranks[model].ranks.tolist() for model in report.models[:2]]
    assert ranks[0] != ranks[1]
    config = x2vec.load(tmp_path / "store").provenance.config
    unsaid = {"prior": None, "weights": None, "idf": False, "half_life": None, "weighted": False}
    assert config["job"]["query"] == {**form, **unsaid}


def test_a_prior_of_cosines_is_a_problem_of_the_job(tmp_path):
    job = write_shop(tmp_path, query='scoring = "in-in"\nprior = 0.5')
    with pytest.raises(ConfigError, match=r"job\.toml:\d+: \[query\] .*prior belongs to in-out"):
        x2vec.run(job)
