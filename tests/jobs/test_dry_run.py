"""A dry run reads all, writes nothing, and says what the run after it then does."""

import json

import pytest
from shop import write_shop

import x2vec
from x2vec.errors import ConfigError, NothingLeftError, SourceError, StorageError
from x2vec.progress import Progress

QUICK = {
    "n_baskets": 60,
    "model": "vector_size = 4\nepochs = 1\nsample = 0",
    "evaluate": 'k = [5]\nmodels = ["popularity"]',
}


def names_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_it_foretells_the_run_and_writes_nothing(tmp_path):
    job = write_shop(tmp_path, **QUICK, publish='store = "deep/store"')
    before, heard = names_in(tmp_path), []
    would = x2vec.dry_run(job, listen=heard.append)
    assert names_in(tmp_path) == before
    assert "train" not in {event.stage for event in heard if isinstance(event, Progress)}
    assert would.expected_seconds is None  # nobody knows yet
    report = x2vec.run(job)
    assert (would.would_be, would.version) == (report.status, report.version)
    for name in ("read", "trained", "split", "n_items", "n_tokens", "n_sequences"):
        assert getattr(would, name) == getattr(report, name)
    json.dumps(would.to_dict(), allow_nan=False)


def test_it_knows_what_would_be_unchanged_and_what_force_makes_of_it(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    version = x2vec.run(job).version
    would = x2vec.dry_run(job)
    assert (would.would_be, would.version, would.expected_seconds) == ("unchanged", version, 0)
    would = x2vec.dry_run(job, force=True)
    assert would.would_be == "published"
    assert would.version == str(tmp_path / "store" / "v000002")


def test_what_it_expects_of_time_goes_by_the_run_before_and_the_events(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    x2vec.run(job)
    manifest = x2vec.load(tmp_path / "store").provenance
    seconds = dict.fromkeys(manifest.metrics["seconds"], 1000.0)
    assert "read" in seconds
    x2vec.publish(
        x2vec.Embeddings(
            ["tea"], [[1.0]], counts=[1],
            provenance=type(manifest)(
                config=manifest.config, counts=manifest.counts, metrics={"seconds": seconds}
            ),
        ),
        tmp_path / "store",
    )  # fmt: skip
    write_shop(tmp_path, **{**QUICK, "n_baskets": 120})
    would = x2vec.dry_run(job)
    assert would.n_tokens == 2 * manifest.counts["tokens"]
    assert would.expected_seconds == 2 * 1000 * (len(seconds) - 1)
    assert (
        x2vec.dry_run(write_shop(tmp_path, **QUICK, training="seed = 2")).expected_seconds is None
    )


def test_what_it_takes_of_memory_is_that_of_the_corpus_and_of_the_training(tmp_path):
    job = write_shop(tmp_path, **QUICK)
    would = x2vec.dry_run(job)
    assert would.memory["corpus"] == 4 * would.n_tokens + 8 * (would.n_sequences + 1)
    assert would.memory.keys() > {"corpus", "matrices"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sequences": "min_length = 5"}, NothingLeftError),
        ({"evaluate": "k = [33]"}, ConfigError),
        ({"publish": 'store = "orders.parquet"'}, StorageError),
        ({"items": 'path = "orders.parquet"\nitem = "basket_id"'}, SourceError),
    ],
)
def test_what_would_stop_the_run_before_training_stops_it_alike(tmp_path, change, error):
    job = write_shop(tmp_path, **{**QUICK, **change})
    with pytest.raises(error) as dry:
        x2vec.dry_run(job)
    with pytest.raises(error) as wet:
        x2vec.run(job)
    assert str(dry.value) == str(wet.value)
