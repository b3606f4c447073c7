"""A job that trains the session softmax, all the way: kinds, query form, checkpoints, manifest."""

import json

import pytest

import x2vec
from x2vec.errors import ConfigError, UsageError
from x2vec.jobs import Limit, read_job, tune_job
from x2vec.recommendation import QueryForm
from x2vec.training import SessionSoftmax

JOB = """
[source]
adapter = "sessions"
path = "clicks.csv"
session = "session"
item = "item"
time = "time"

[model]
kind = "SessionSoftmax"
vector_size = 16
epochs = 4
batch_size = 64
decay = 0.4
window = 6

[evaluate]
split = "time"
k = [1, 5]
models = ["popularity", "markov"]

[publish]
store = "store"
"""


@pytest.fixture
def job(tmp_path):
    """Walks on a ring of twenty items: the next one is always the next one."""
    lines = ["session,item,time"]
    for walk in range(300):
        start = (7 * walk) % 20
        for step in range(5):
            at = f"2026-01-{1 + walk // 12:02d}T{walk % 12:02d}:{step:02d}:00"
            lines.append(f"s{walk},i{(start + step) % 20},{at}")
    (tmp_path / "clicks.csv").write_text("\n".join(lines))
    path = tmp_path / "job.toml"
    path.write_text(JOB)
    return path


def test_a_run_learns_the_ring_and_tells_how_it_wants_to_be_asked(job):
    report = x2vec.run(job)
    assert report.evaluation.value("hr@1") > 0.95
    found = x2vec.load(job.parent / "store")
    config = found.provenance.config["job"]
    assert config["model"]["kind"] == "SessionSoftmax"
    assert QueryForm(**config["query"]) == QueryForm(prior=0.0, decay=0.4, last=6)
    assert found.query_matrix.shape == (16, 16)


@pytest.mark.parametrize("positions", ["decay", "learnt"])
def test_what_is_published_ranks_as_what_was_measured(job, positions):
    job.write_text(JOB.replace("window = 6", f'window = 6\npositions = "{positions}"'))
    measured = x2vec.run(job).evaluation.value("hr@1")
    sequences = x2vec.read(
        "sessions", job.parent / "clicks.csv", session="session", item="item", time="time"
    )
    train, test = x2vec.split(sequences, by="time", test=0.1)
    stored = x2vec.load(job.parent / "store")
    assert ("query" in stored.provenance.config) == (positions == "learnt")
    again = x2vec.evaluate([stored], train, test, k=1)
    assert again.value("hr@1") == measured


def test_the_query_form_of_a_job_is_that_of_its_model_unless_it_says_another(job):
    assert read_job(job).query == QueryForm(prior=0.0, decay=0.4, last=6)
    job.write_text(JOB + "\n[query]\nlast = 2\n")
    assert read_job(job).query == QueryForm(prior=0.0, decay=0.4, last=2)


def test_a_slip_in_the_kind_or_its_keys_is_named_with_its_line(job):
    job.write_text(JOB.replace('"SessionSoftmax"', '"SesionSoftmax"'))
    with pytest.raises(ConfigError, match=r"job.toml:9: .*did you mean 'SessionSoftmax'"):
        read_job(job)
    job.write_text(JOB.replace("decay", "decai"))
    with pytest.raises(ConfigError, match=r"job.toml:14: .*decai: unknown key; did you mean"):
        read_job(job)


def test_a_job_of_it_is_tuned_and_the_winner_is_a_job_again(job, tmp_path):
    tuning = tune_job(job, Limit(trials=2), metric="hr@1", directory=tmp_path / "trials")
    assert isinstance(tuning.model, SessionSoftmax)
    assert {"decay", "positions", "temperature", "dropout"} <= tuning.trials[1].params.keys()
    assert tuning.report.value("hr@1") > 0.9
    written = read_job(tmp_path / "trials" / "job.toml")
    assert (written.model, written.query) == (tuning.model, tuning.query)
    again = x2vec.tune(job, trials=2, metric="hr@1", to=tmp_path / "trials", resume=True)
    assert again.model == tuning.model


@pytest.mark.parametrize("patience", [0, 2])
def test_an_interrupted_training_goes_on_to_the_same_bytes(job, tmp_path, patience):
    sequences = x2vec.read(
        "sessions", job.parent / "clicks.csv", session="session", item="item", time="time"
    )
    model = SessionSoftmax(vector_size=8, epochs=3, batch_size=32)
    how = {"patience": patience}
    whole = x2vec.train(sequences, model, **how)

    def stop(event):
        if getattr(event, "figures", {}).get("epoch") == 2:
            raise KeyboardInterrupt

    place = tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        x2vec.train(sequences, model, checkpoint=place, listen=stop, **how)
    names = json.loads((place / "checkpoint.json").read_text())["files"]
    assert {"vectors", "query_matrix", "extra_sums", "extra_last_square"} <= names.keys()
    went_on = x2vec.train(sequences, model, checkpoint=place, resume=True, **how)
    assert went_on.vectors.tobytes() == whole.vectors.tobytes()
    assert went_on.context_vectors.tobytes() == whole.context_vectors.tobytes()
    assert went_on.query_matrix.tobytes() == whole.query_matrix.tobytes()
    assert went_on.provenance.config["query"] == whole.provenance.config["query"]


def test_early_stopping_asks_as_the_model_is_trained_for(job):
    sequences = x2vec.read(
        "sessions", job.parent / "clicks.csv", session="session", item="item", time="time"
    )
    model = SessionSoftmax(vector_size=16, epochs=6, batch_size=64)
    found = x2vec.train(sequences, model, patience=1)
    assert found.provenance.metrics["early_stopping"]["recalls"][-1] > 0.9


def test_an_update_says_that_it_updates_skip_gram(job):
    sequences = x2vec.read(
        "sessions", job.parent / "clicks.csv", session="session", item="item", time="time"
    )
    found = x2vec.train(sequences, SessionSoftmax(vector_size=8, epochs=1))
    with pytest.raises(UsageError, match="trained by SessionSoftmax"):
        x2vec.update(found, sequences)


def test_a_basket_is_asked_by_the_plain_mean(job, tmp_path):
    text = JOB.replace('"sessions"', '"baskets"').replace(
        'session = "session"', 'sequence = "session"'
    )
    job.write_text(text.replace('["popularity", "markov"]', '["popularity", "skipgram"]'))
    assert read_job(job).query == QueryForm(prior=0.0)
    found = x2vec.run(job)
    config = x2vec.load(found.version).provenance.config["job"]
    assert QueryForm(**config["query"]) == QueryForm(prior=0.0)
    assert found.evaluation.models == ("x2vec in-out", "skipgram", "popularity")
    lists = [["a", "b"], ["b", "c"], ["a", "c", "b"]] * 20
    baskets = x2vec.Sequences.from_lists(lists, ordered=False)
    trained = x2vec.train(baskets, SessionSoftmax(vector_size=4, epochs=1))
    assert trained.provenance.config["query"]["decay"] == 1.0
