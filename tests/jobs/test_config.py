"""A job file is right as a whole, or every problem of it is told before anything is read."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from shop import write_shop

import x2vec
from x2vec.errors import ConfigError, UsageError
from x2vec.jobs import read_job
from x2vec.training.reference import ReferenceEngine


def published(folder):
    return sorted(path.name for path in folder.glob("store/v*"))


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
    with pytest.raises(ConfigError, match=r"there are hr@5, recall@5, mrr@5, ndcg@5, coverage@5"):
        x2vec.run(job)


def test_a_floor_for_a_model_that_is_not_measured_is_a_problem_of_the_job(tmp_path):
    floor = 'k = [5]\nfloor = { metric = "hr@5", minimum = 0.1, model = "popular" }'
    with pytest.raises(ConfigError, match=r"model 'popular'; there are x2vec in-out, .*popularity"):
        x2vec.check(write_shop(tmp_path, evaluate=floor))


def test_two_adapters_of_one_name_stop_a_job(tmp_path, monkeypatch):
    def two(group):
        return [EntryPoint("baskets", f"shop_{n}:Adapter", group) for n in (1, 2)]

    monkeypatch.setattr("x2vec._plugins.entry_points", two)
    with pytest.raises(ConfigError, match=r"job\.toml:2: .*shop_1:Adapter.*shop_2:Adapter"):
        x2vec.run(write_shop(tmp_path))


@dataclass(frozen=True)
class FeedOptions:
    path: Path | None = None


class FeedAdapter:
    name, options, ordered = "feed", FeedOptions, True

    def read(self, options):
        return iter(())


class BrokenAdapter:
    def __init__(self):
        raise OSError("no licence")


@pytest.fixture
def plugins(monkeypatch):
    class Offered(EntryPoint):
        def load(self):
            return {"feed": FeedAdapter, "broken": BrokenAdapter}[self.name]

    offered = [Offered(name, "shop:Adapter", "x2vec.adapters") for name in ("feed", "broken")]
    monkeypatch.setattr(
        "x2vec._plugins.entry_points", lambda group: offered if "adapters" in group else []
    )


@pytest.mark.parametrize(("line", "path"), [("", None), ("path = 'a/b'", "a/b")])
def test_a_plugin_may_type_its_path_as_it_likes(plugins, tmp_path, line, path):
    job = tmp_path / "job.toml"
    job.write_text(f'[source]\nadapter = "feed"\n{line}\n[publish]\nstore = "s"\n[training]\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("x2vec.jobs.config.training.find", lambda *_: ReferenceEngine)
        read = read_job(job).located(tmp_path)
    assert read.publish.store == str(tmp_path / "s")
    found = read.source.options.path
    assert found == (path and tmp_path / path)
    assert isinstance(found, Path | None)


def test_a_broken_plugin_is_a_problem_of_the_job_that_names_it(plugins, tmp_path):
    source = 'adapter = "broken"\npath = "a"'
    with pytest.raises(ConfigError, match=r"job\.toml:2: .*'broken' .*cannot be made.*no licence"):
        read_job(write_shop(tmp_path, source=source))


def test_a_store_at_a_remote_address_is_a_problem_of_the_job(tmp_path):
    with pytest.raises(ConfigError, match=r"job\.toml:\d+: \[publish\] store is 's3://a'.*copy it"):
        read_job(write_shop(tmp_path, publish='store = "s3://a"'))


def test_a_store_in_the_home_directory_is_found_there(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    job = read_job(write_shop(tmp_path, publish='store = "~/x/../store"'))
    assert job.publish.store == "~/x/../store"
    assert job.located(tmp_path).publish.store == str(tmp_path / "home" / "store")


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run])
@pytest.mark.parametrize(
    ("store", "reason"),
    [
        (r"a\u0000b", "no path holds a NUL"),
        ("~nobody-of-that-name/store", "home directory of nobody"),
    ],
)
def test_a_store_that_can_be_no_directory_is_a_problem_of_the_job(tmp_path, verb, store, reason):
    with pytest.raises(ConfigError, match=rf"job\.toml:\d+: \[publish\] .*{reason}"):
        verb(write_shop(tmp_path, publish=f'store = "{store}"'))


@pytest.mark.parametrize(
    "how", [{"seed": 1.5}, {"seed": True}, {"workers": None}, {"workers": "2"}, {"seed": -1}]
)
def test_training_takes_whole_numbers(how):
    (name,) = how
    with pytest.raises(ConfigError, match=f"{name} is .*; it must"):
        x2vec.train(x2vec.Sequences.from_lists([["a", "b"]]), **how)


def test_lists_are_not_trained_on_but_the_way_to_sequences_is_told():
    with pytest.raises(UsageError, match=r"got list; expected Sequences.*Sequences\.from_lists"):
        x2vec.train([["a", "b"]])
