"""The query form is chosen on held-out items, stored, and told."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import x2vec
from x2vec.corpus import Sequences
from x2vec.errors import ConfigError
from x2vec.evaluation import NextItemQueries
from x2vec.jobs import choose_form, cut_validation, read_job
from x2vec.jobs.config import QueryChoice, Training
from x2vec.jobs.objective import Objective
from x2vec.progress import Notice
from x2vec.recommendation import Histories, QueryForm, ranker_of
from x2vec.training import Matrices, SessionSoftmax, SkipGram

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


DAY = 86_400_000_000
CLUSTERS, SIZE = 8, 5


def best_form(clusters, *, times=None, weights=None):
    """Ask matrices whose items lie in clusters; what comes next is of the first one named."""
    draws = np.random.default_rng(1)
    vectors = np.repeat(np.eye(CLUSTERS), SIZE, axis=0)
    vectors = (vectors + draws.normal(0, 0.01, vectors.shape)).astype(np.float32)
    rows = [np.array(one) * SIZE + draws.integers(0, SIZE, len(one)) for _, one in clusters]
    histories = dataclasses.replace(
        Histories.of(rows, n_items=len(vectors)),
        times=None if times is None else np.concatenate(times),
        event_weights=None if weights is None else np.concatenate(weights),
    )
    targets = np.array([target * SIZE for target, _ in clusters], np.int32)
    return Objective(f"hr@{SIZE}").best_form(
        Matrices(vectors, vectors),
        np.ones(len(vectors), np.int64),
        SkipGram(vector_size=CLUSTERS),
        NextItemQueries(histories, np.ones(len(rows), np.bool_), targets),
        exclude_history=False,
    )


def test_where_the_age_of_events_decides_a_half_life_wins():
    """Eight old events of one kind; today two of another, then up to five, each of its own kind."""
    draws = np.random.default_rng(0)
    clusters, times = [], []
    for n in range(60):
        old, main, *others = draws.permutation(CLUSTERS).tolist()
        today = [main, main, *others[: n % 6]]
        clusters.append((main, [old] * 8 + today))
        times.append(np.array([40 * DAY] * 8 + [100 * DAY] * len(today)))

    form, values = best_form(clusters, times=times)
    assert (form.half_life is not None, values[form]) == (True, 1)
    assert max(value for one, value in values.items() if one.half_life is None) < 0.9
    assert all(one.half_life is None for one in best_form(clusters)[1])  # times are not known


def test_where_the_weights_of_events_decide_a_weighted_form_wins():
    """Two events that weigh five among four of another kind that weigh one, in any order."""
    draws = np.random.default_rng(0)
    clusters, weights = [], []
    for _ in range(60):
        main, other = draws.permutation(CLUSTERS)[:2]
        is_main = draws.permutation([True, True, False, False, False, False])
        clusters.append((main, np.where(is_main, main, other)))
        weights.append(np.where(is_main, 5, 1).astype(np.float32))

    form, values = best_form(clusters, weights=weights)
    assert (form.weighted, form.half_life, values[form]) == (True, None, 1)
    assert max(value for one, value in values.items() if not one.weighted) < 0.9


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
