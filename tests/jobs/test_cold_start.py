"""A job with a section [cold_start] publishes vectors of items that nobody has bought."""

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from cold_shop import COLD, GENRES, KNOWN, NEW, genres_of, item_table, write_cold_shop

import x2vec
from x2vec.embeddings import read_manifest
from x2vec.errors import ConfigError, DataError, NothingLeftError, SourceError

N_NEW = NEW * len(GENRES)


def rewrite(folder, change):
    """Write the item table anew."""
    path = folder / "products.parquet"
    pq.write_table(change(pq.read_table(path)), path)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    return x2vec.run(write_cold_shop(folder)), x2vec.load(folder / "store")


def test_items_without_events_are_published_after_the_others_near_those_of_their_genre(ran):
    report, store = ran
    assert len(store) == report.n_items + N_NEW
    new = store.items.to_pylist()[-N_NEW:]
    assert new == sorted(f"{genre} {n}" for genre in GENRES for n in range(KNOWN, KNOWN + NEW))
    assert set(store.origin.to_pylist()[:-N_NEW]) == {"trained"}
    assert "trained" not in store.origin.to_pylist()[-N_NEW:]
    near = store.similar(new, k=5).to_pandas()
    assert genres_of(near.query_id) == genres_of(near.item_id)
    assert min(store.metadata["confidence"].to_pylist()[-N_NEW:]) > 0.5
    assert store.metadata["title"].to_pylist()[-1] == "tea number 24"


def test_the_report_and_the_manifest_tell_every_rung_and_the_inferred_items(ran):
    report, _ = ran
    told = report.to_dict()["cold_start"]
    assert {row["rung"] for row in told["rungs"]} == {
        "ridge", "category centroid", "catalogue centroid",
    }  # fmt: skip
    assert sum(told["inferred"].values()) == report.cold_start.n_items == N_NEW
    json.dumps(report.to_dict(), allow_nan=False)
    said = read_manifest(report.version).provenance
    assert said.metrics["cold_start"]["rungs"] == told["rungs"]
    assert said.counts["inferred"] == told["inferred"]
    assert said.config["cold_start"]["item"] == "sku"
    assert any(f"{N_NEW} items without events" in notice for notice in report.notices)


def fit_again(store):
    return x2vec.ColdStart.of_store(store).fit(store)


@pytest.mark.parametrize("make", [fit_again, x2vec.ColdStart.ladder_of])
def test_the_store_makes_the_same_ladder_again_measured_anew_or_not(ran, make):
    report, store = ran
    assert make(store).report.to_arrow().equals(report.cold_start.report.to_arrow())
    again = make(store).embed(item_table(range(KNOWN, KNOWN + NEW)))
    rows = store.lookup.found(again.items, unknown="error")[0]
    assert again.vectors.tobytes() == store.vectors[rows].tobytes()
    assert again.context_vectors.tobytes() == store.context_vectors[rows].tobytes()
    assert again.confidence.tolist() == [
        store.metadata["confidence"][int(row)].as_py() for row in rows
    ]


def test_what_was_measured_is_not_measured_again(ran):
    _, store = ran
    heard = []
    x2vec.ColdStart.ladder_of(store, listen=heard.append)
    assert not any("simulate" in event.stage for event in heard)


def test_training_and_figures_are_those_of_a_run_without_it(tmp_path):
    evaluate = 'split = "leave-last-out"\nk = [5]\nmodels = ["popularity"]'
    with_it = x2vec.run(write_cold_shop(tmp_path, evaluate=evaluate))
    without = x2vec.run(write_cold_shop(tmp_path, evaluate=evaluate, cold_start=None))
    assert with_it.evaluation.to_dict() == without.evaluation.to_dict() | {
        "used": with_it.evaluation.to_dict()["used"]
    }
    assert without.cold_start is None
    both, alone = (x2vec.load(tmp_path / "store", version=v) for v in ("v000001", "v000002"))
    assert both.vectors[: len(alone)].tobytes() == alone.vectors.tobytes()


def test_without_inferring_the_version_keeps_how_it_is_done(tmp_path):
    report = x2vec.run(write_cold_shop(tmp_path, cold=f"{COLD}\ninfer = false"))
    store = x2vec.load(tmp_path / "store")
    assert (report.cold_start.n_items, len(store)) == (0, report.n_items)
    assert "confidence" not in store.metadata.column_names
    settings = x2vec.ColdStart(categories="genre", rungs=("ridge", "category centroid"), item="sku")
    assert x2vec.ColdStart.of_store(store) == settings


def test_what_the_table_says_of_items_without_events_makes_a_new_version(tmp_path):
    job = write_cold_shop(tmp_path)
    x2vec.run(job)
    rewrite(tmp_path, lambda table: table.take(pa.array(range(len(table)))[::-1]))
    assert x2vec.run(job).status == "unchanged"  # the order of the rows says nothing
    rewrite(tmp_path, lambda table: pa.concat_tables([table, item_table([99])]))
    report = x2vec.run(job)
    assert report.status == "published"
    assert "changed since v000001: items without events" in report.notices
    assert "rope 99" in x2vec.load(tmp_path / "store")


def test_without_inferring_it_makes_none(tmp_path):
    job = write_cold_shop(tmp_path, cold=f"{COLD}\ninfer = false")
    x2vec.run(job)
    rewrite(tmp_path, lambda table: pa.concat_tables([table, item_table([99])]))
    assert x2vec.run(job).status == "unchanged"


def test_a_dry_run_counts_what_would_be_inferred(tmp_path):
    job = write_cold_shop(tmp_path)
    assert x2vec.dry_run(job).n_inferred == N_NEW
    assert x2vec.dry_run(write_cold_shop(tmp_path, cold_start=None)).n_inferred == 0


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.dry_run, x2vec.run])
@pytest.mark.parametrize(
    ("sections", "kind", "said"),
    [
        ({"items": None}, ConfigError, r"nothing is known of the items. Add a section \[items\]"),
        ({"cold": 'text = "titel"'}, SourceError, "no column 'titel'.*Did you mean 'title'"),
        ({"cold": 'numbers = "title"'}, SourceError, "'title' holds text, and numbers take"),
        (
            {"items": 'path = "products.parquet"\nitem = "sku"\ncolumns = ["title"]'},
            ConfigError,
            r"\[cold_start\] categories names the column 'genre', which columns of \[items\] does",
        ),
        (
            {"items": 'path = "products.parquet"\nitem = "sku"\n'
             'sql = "SELECT *, 1.0 AS confidence FROM source"'},
            SourceError,
            "the column 'confidence' has the name of the column that holds the confidence",
        ),
        (
            {"items": 'path = "products.parquet"\nitem = "sku"\n'
             'sql = "SELECT *, 1.0 AS inferred_share FROM source"',
             "cold": f"{COLD}\nblend = true"},
            SourceError,
            "the column 'inferred_share' has the name of the column that holds how much",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_inferred_from_stops_before_training(tmp_path, sections, kind, said, verb):
    with pytest.raises(kind, match=said):
        verb(write_cold_shop(tmp_path, **sections))
    assert not (tmp_path / "store").exists()


def test_too_few_described_items_stop_before_training(tmp_path):
    job = write_cold_shop(tmp_path)
    rewrite(tmp_path, lambda table: table.take([*range(50), *range(70, 75), *range(95, 100)]))
    heard = []
    with pytest.raises(NothingLeftError, match="says something of 40 of the 80 items with events"):
        x2vec.run(job, listen=heard.append)
    assert "train" not in {event.stage for event in heard}


@pytest.mark.parametrize(
    ("cold", "said"),
    [
        ('categories = "genre"\nrungs = ["rigde"]', r"job.toml:\d+: \[cold_start\] rungs names"),
        ('categories = "genre"\nrungs = 5', r"\[cold_start\] rungs names 5; there are perceptron"),
        ('categories = "genre"\nrungs = "attribute vectors"', "which needs attributes that were"),
        ('categories = "genre"\nfer = 1', r"\[cold_start\] fer: unknown key"),
        ("infer = true", r"\[cold_start\] no column is named"),
        ('categories = "genre"\nencoder = "tf"', r"\[cold_start\] no encoder 'tf'"),
    ],
)
def test_a_wrong_section_is_told_with_its_line(tmp_path, cold, said):
    with pytest.raises(ConfigError, match=said):
        x2vec.check(write_cold_shop(tmp_path, cold=cold))


def test_the_same_seed_publishes_the_same_bytes(tmp_path):
    job = write_cold_shop(tmp_path)
    one, other = (Path(x2vec.run(job, force=True).version) for _ in range(2))
    for name in ("items.parquet", "context.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_an_update_keeps_how_to_infer_and_an_item_that_is_bought_is_no_more_inferred(ran):
    _, store = ran
    bought = x2vec.Sequences.from_lists([["tea 20", "tea 1"]] * 20, ordered=False)
    after = x2vec.update(store, bought, seed=1).embeddings
    assert x2vec.ColdStart.of_store(after) == x2vec.ColdStart.of_store(store)
    origins = dict(zip(after.items.to_pylist(), after.origin.to_pylist(), strict=True))
    assert (origins["tea 20"], after.metadata_of("tea 20")["confidence"]) == ("trained", None)
    assert origins["tea 21"] != "trained"
    assert after.metadata_of("tea 21")["confidence"] > 0


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Seven or eight events tell of each item; the same run without blending stands beside it."""
    folder = tmp_path_factory.mktemp("mixed")
    alone = x2vec.run(write_cold_shop(folder, n_baskets=150))
    job = write_cold_shop(folder, n_baskets=150, cold=f"{COLD}\nblend = true")
    report = x2vec.run(job)
    trained, store = (x2vec.load(one.version) for one in (alone, report))
    return job, alone, report, trained, store


def test_items_of_few_events_are_published_blended_and_measured_as_they_were_trained(mixed):
    job, alone, report, trained, store = mixed
    assert set(store.origin.to_pylist()[:80]) == {"blended"}
    assert not (store.vectors[:80] == trained.vectors[:80]).all(axis=1).any()
    shares = store.metadata["inferred_share"].to_pylist()
    assert min(shares[:80]) >= 0.05
    assert shares[80:] == [None] * N_NEW
    assert store.counts.tolist() == trained.counts.tolist()
    assert report.to_dict()["cold_start"]["blended"] == 80
    assert read_manifest(report.version).provenance.counts["blended"] == 80
    assert report.cold_start.report.to_arrow().equals(alone.cold_start.report.to_arrow())
    assert x2vec.run(job).status == "unchanged"


def test_a_blended_store_makes_the_ladder_again_that_its_new_items_come_from(mixed):
    *_, store = mixed
    ladder = x2vec.ColdStart.ladder_of(store)
    again = ladder.embed(item_table(range(KNOWN, KNOWN + NEW)))
    rows = store.lookup.found(again.items, unknown="error")[0]
    assert again.vectors.tobytes() == store.vectors[rows].tobytes()
    assert again.context_vectors.tobytes() == store.context_vectors[rows].tobytes()
    with pytest.raises(DataError, match="80 items are blended already, and would be moved twice"):
        ladder.blend(store)


def test_items_appended_to_a_blended_store_are_inferred_as_those_of_the_run(mixed, tmp_path):
    job, *_, store = mixed
    shutil.copytree(job.parent / "store", tmp_path / "store")
    new = item_table([24, 30]).filter(pc.field("genre") == "tea")
    grown = x2vec.load(x2vec.embed(tmp_path / "store", new, append=True).version)
    assert len(grown) == len(store) + 1
    assert grown.vectors[: len(store)].tobytes() == store.vectors.tobytes()
    assert grown.origin.to_pylist()[: len(store)] == store.origin.to_pylist()
    assert grown.metadata["inferred_share"][:80].equals(store.metadata["inferred_share"][:80])
    assert x2vec.embed(tmp_path / "store", new, append=True).status == "unchanged"
