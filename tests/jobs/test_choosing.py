"""The query form is chosen on held-out items, stored, and told."""

from __future__ import annotations

import json

import numpy as np
import pytest

import x2vec
from x2vec.corpus import Sequences
from x2vec.errors import ConfigError
from x2vec.jobs import choose_form, cut_validation, read_job
from x2vec.jobs.config import QueryChoice, Training
from x2vec.progress import Notice
from x2vec.recommendation import QueryForm, ranker_of
from x2vec.training import SessionSoftmax, SkipGram

MODEL = SkipGram(vector_size=16, window=1, epochs=20, alpha=0.1, ns_exponent=0.0)

JOB = """
[source]
adapter = "events"
path = "events.csv"
sequence = "sequence"
item = "item"
time = "time"

[model]
vector_size = 16
window = 1
epochs = 20
alpha = 0.1

[query]
choose_by = "hr@1"

[evaluate]
split = "sequences"
k = [1]
models = ["popularity"]

[publish]
store = "store"
"""


def walks(n=400, length=6, n_items=20, seed=0):
    """Of each two events the second follows from the first, and the next pair from nothing."""
    starts = np.random.default_rng(seed).integers(0, n_items, (n, length // 2))
    return [[f"i{one % n_items}" for s in row for one in (s, s + 1)] for row in starts]


@pytest.fixture
def job(tmp_path):
    lines = ["sequence,item,time"]
    for n, walk in enumerate(walks()):
        lines += [f"s{n},{item},{at}" for at, item in enumerate(walk)]
    (tmp_path / "events.csv").write_text("\n".join(lines))
    path = tmp_path / "job.toml"
    path.write_text(JOB)
    return path


def chosen_of(lists, model, choose_by="hr@1", *, ordered=True):
    sequences = Sequences.from_lists(lists, ordered=ordered)
    choice, training = QueryChoice(choose_by), Training()
    validation = cut_validation(sequences, None, choice, training)
    return choose_form(validation, model, choice, training)


def test_where_the_last_item_alone_decides_the_form_that_wins_asks_it_alone():
    found = chosen_of(walks(), MODEL)
    assert found.form.last == 1 or found.form.decay <= 0.5
    assert found.value == max(found.forms.values())
    assert found.value > found.forms["in-out, mean, prior ns_exponent"] + 0.1


def test_where_nothing_is_better_the_form_of_the_model_stays():
    ring = [[f"i{(walk + step) % 12}" for step in range(5)] for walk in range(200)]
    model = SessionSoftmax(vector_size=16, epochs=10, batch_size=64, alpha=0.1)
    found = chosen_of(ring, model)
    assert found.value == 1
    assert found.form == QueryForm.of(model)


def test_of_a_basket_no_form_is_asked_that_goes_by_order():
    found = chosen_of([["a", "b", "c"], ["a", "d", "b"]] * 40, MODEL, ordered=False)
    assert all("mean" in form for form in found.forms)


def test_weights_that_are_learnt_are_learnt_again_from_all_the_data():
    model = SessionSoftmax(
        vector_size=8, epochs=3, window=3, positions="learnt", batch_size=32, temperature=8.0
    )
    found = chosen_of(walks(), model)
    assert found.form.weights is None
    assert any("weights of the last 3 items" in form for form in found.forms)


def test_a_job_stores_the_form_that_won_and_tells_it(job):
    heard = []
    report = x2vec.run(job, listen=heard.append)
    stored = x2vec.load(report.version)
    config, metrics = stored.provenance.config, stored.provenance.metrics
    assert config["job"]["query"] == {"choose_by": "hr@1", "choose_queries": 3000}
    form = QueryForm(**config["query"])
    assert form.last == 1 or form.decay <= 0.5
    assert ranker_of(stored).last == form.last

    told = metrics["query choice"]
    assert (told["metric"], told["n_queries"]) == ("hr@1", 36)  # a tenth of nine tenths
    assert max(told["forms"], key=told["forms"].get) == str(form)
    assert any(isinstance(one, Notice) and str(form) in one.text for one in heard)
    assert report.evaluation.used["settings"]["query"]["chosen"] == str(form)
    assert report.evaluation.value("hr@1") == stored.provenance.metrics["hr@1"]
    json.dumps(report.evaluation.to_dict())


def test_in_python_train_takes_a_form_or_a_choice():
    sequences = Sequences.from_lists(walks())
    given = x2vec.train(sequences, MODEL, query=x2vec.QueryForm(last=2))
    assert ranker_of(given).last == 2
    chosen = x2vec.train(sequences, MODEL, query=x2vec.QueryChoice("hr@1"))
    assert QueryForm(**chosen.provenance.config["query"]).decay <= 1
    assert "query choice" in chosen.provenance.metrics
    assert chosen.vectors.tobytes() == given.vectors.tobytes()  # trained on all of it


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ('choose_by = "hr"', "choose_by is 'hr'; it must be one such as"),
        ('choose_by = "hr@1"\nchoose_queries = 0', "choose_queries is 0"),
        ('choose_by = "hr@1"\ndecay = 0.5', "decay: unknown key"),
    ],
)
def test_a_choice_that_is_none_is_named(job, section, message):
    job.write_text(JOB.replace('choose_by = "hr@1"', section))
    with pytest.raises(ConfigError, match=message):
        read_job(job)


def test_a_floor_may_be_set_for_whatever_scoring_wins(job):
    floor = '\n[evaluate.floor]\nmetric = "hr@1"\nminimum = 0.0\nmodel = "x2vec in-in"\n'
    job.write_text(JOB + floor)
    assert isinstance(read_job(job).query, QueryChoice)
