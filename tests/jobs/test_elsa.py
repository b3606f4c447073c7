"""A job that trains ELSA, all the way: kind, query form, checkpoints, manifest."""

import dataclasses

import pytest

import x2vec
from x2vec.errors import ConfigError, UsageError
from x2vec.jobs import Limit, read_job, tune_job
from x2vec.recommendation import QueryForm

JOB = """
[source]
adapter = "baskets"
path = "orders.csv"
sequence = "order"
item = "item"

[model]
kind = "Elsa"
vector_size = 16
epochs = 20
batch_size = 32
alpha = 0.05

[evaluate]
split = "leave-last-out"
k = [2]
models = ["x2vec cosine", "skipgram", "popularity"]

[publish]
store = "store"
"""
MODEL = x2vec.Elsa(vector_size=8, epochs=3, batch_size=32)


@pytest.fixture
def job(tmp_path):
    """Orders of a whole set of five; there are twenty sets."""
    lines = ["order,item"]
    for order in range(400):
        lines += [f"o{order},i{(7 * order) % 20}{kind}" for kind in "abcde"]
    (tmp_path / "orders.csv").write_text("\n".join(lines))
    path = tmp_path / "job.toml"
    path.write_text(JOB)
    return path


@pytest.fixture
def baskets(job):
    return x2vec.read("baskets", job.parent / "orders.csv", sequence="order", item="item")


def test_a_run_learns_the_sets_and_publishes_one_vector_an_item_asked_in_in(job):
    assert read_job(job).query == QueryForm("in-in")
    report = x2vec.run(job)
    assert report.evaluation.models == ("x2vec in-in", "x2vec cosine", "skipgram", "popularity")
    assert report.evaluation.value("hr@2") > 0.95
    assert report.loss_of == "sequence"
    assert report.losses[-1] < report.losses[0]
    found = x2vec.load(job.parent / "store")
    assert found.context_vectors is None
    config = found.provenance.config["job"]
    assert config["model"]["kind"] == "Elsa"
    assert QueryForm(**config["query"]) == QueryForm("in-in")
    assert set(x2vec.recommend(found, {"me": ["i3a"]}, k=4).item_id.to_pylist()) == {
        f"i3{kind}" for kind in "bcde"
    }


def test_a_job_of_it_is_tuned_and_the_winner_is_a_job_again(job, tmp_path):
    tuning = tune_job(job, Limit(trials=2), metric="hr@2", directory=tmp_path / "trials")
    assert isinstance(tuning.model, x2vec.Elsa)
    assert {"alpha", "batch_size", "epochs", "vector_size"} <= tuning.trials[1].params.keys()
    written = read_job(tmp_path / "trials" / "job.toml")
    assert (written.model, written.query) == (tuning.model, tuning.query)


@pytest.mark.parametrize("patience", [0, 2])
def test_an_interrupted_training_goes_on_to_the_same_bytes(baskets, tmp_path, patience):
    whole = x2vec.train(baskets, MODEL, patience=patience)

    def stop(event):
        if getattr(event, "figures", {}).get("epoch") == 2:
            raise KeyboardInterrupt

    how = {"patience": patience, "checkpoint": tmp_path / "kept"}
    with pytest.raises(KeyboardInterrupt):
        x2vec.train(baskets, MODEL, listen=stop, **how)
    went_on = x2vec.train(baskets, MODEL, resume=True, **how)
    assert went_on.vectors.tobytes() == whole.vectors.tobytes()
    assert went_on.context_vectors is whole.context_vectors is None


def test_it_stands_beside_other_models_of_an_evaluation(baskets):
    train, test = x2vec.split(baskets, by="leave-last-out")
    model = dataclasses.replace(MODEL, epochs=20, alpha=0.05)
    found = x2vec.evaluate([model, "popularity", "hybrid"], train, test, k=2)
    assert found.models == ("elsa", "popularity", "hybrid")
    assert found.value("hr@2", model="elsa") > 0.9


def test_an_update_says_what_it_was_trained_by(baskets):
    with pytest.raises(UsageError, match="trained by Elsa"):
        x2vec.update(x2vec.train(baskets, MODEL), baskets)


def test_to_be_asked_by_context_vectors_is_refused_before_training(job, baskets):
    with pytest.raises(ConfigError, match="Elsa learns one vector for each item"):
        x2vec.train(baskets, MODEL, query=QueryForm(prior=0.5))
    for more in ("", "prior = 0.5\n"):
        job.write_text(JOB + '\n[query]\nscoring = "in-out"\n' + more)
        with pytest.raises(ConfigError, match="leave scoring out, or set 'in-in'"):
            read_job(job)


def test_an_engine_that_does_not_train_it_is_refused_as_the_job_is_read(job):
    job.write_text(JOB + '\n[training]\nengine = "gensim"\n')
    with pytest.raises(ConfigError, match="'gensim' trains SkipGram, no Elsa"):
        read_job(job)


def test_a_kind_that_is_no_text_is_named(job):
    job.write_text(JOB.replace('"Elsa"', '["Elsa"]'))
    with pytest.raises(ConfigError, match="there are SkipGram, SessionSoftmax, Elsa"):
        read_job(job)
