"""The parts of a tuning: what a form is worth, what a sample holds, what fits into the time."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

import x2vec
from x2vec.corpus import Corpus, Vocabulary, leave_last_out
from x2vec.errors import ConfigError
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.jobs.objective import Objective
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.jobs.tuning.clock import Clock
from x2vec.jobs.tuning.job_file import JobFile, sections_of
from x2vec.jobs.tuning.rungs import company, make_rungs
from x2vec.jobs.tuning.search import _goes_on
from x2vec.jobs.tuning.space import Space
from x2vec.jobs.tuning.trials import Trial
from x2vec.recommendation import QueryForm
from x2vec.training import Matrices, SessionSoftmax, SkipGram


def lists(n=200, n_items=30, seed=0):
    draws = np.random.default_rng(seed)
    return [draws.integers(0, n_items, draws.integers(2, 7)).tolist() for _ in range(n)]


@pytest.fixture(scope="module", params=[True, False], ids=["ordered", "baskets"])
def asked(request):
    """Give matrices of chance, their counts, and questions."""
    made = leave_last_out(x2vec.Sequences.from_lists(lists(), ordered=request.param), seed=1)
    vocabulary = Vocabulary.of(made.train)
    draws = np.random.default_rng(1)
    vectors, context = draws.normal(size=(2, len(vocabulary), 4)).astype(np.float32)
    queries = NextItemQueries.of(made.queries, vocabulary)
    return Matrices(vectors, context), vocabulary.counts, queries, not request.param


@pytest.mark.parametrize("metric", ["hr@3", "recall@3", "ndcg@5", "mrr@5"])
@pytest.mark.parametrize(
    "form", [QueryForm(), QueryForm("in-in", decay=0.5), QueryForm(last=1, prior=0.25)]
)
def test_a_form_is_worth_what_an_evaluation_measures(asked, metric, form):
    trained, counts, queries, baskets = asked
    model, objective = SkipGram(), Objective(metric)
    value = objective.value(form, trained, counts, model, queries, exclude_history=baskets)
    ranker = ranker_on_trial(trained, counts, model, form)
    report = evaluate_next_item(
        [ranker], queries, exclude_history=baskets, ks=[objective.k], resamples=0
    )
    assert value == pytest.approx(report.value(metric))


def test_a_form_is_worth_what_an_evaluation_measures_with_several_targets():
    baskets = x2vec.Sequences.from_lists(lists(), ordered=False)
    made = x2vec.split(baskets, by="sequences", ask="rest", test=0.5)
    vocabulary = Vocabulary.of(made.train)
    vectors, context = np.random.default_rng(1).normal(size=(2, len(vocabulary), 4))
    trained = Matrices(vectors.astype(np.float32), context.astype(np.float32))
    queries = NextItemQueries.of(made.queries, vocabulary)
    value = Objective("recall@3").value(
        QueryForm(), trained, vocabulary.counts, SkipGram(), queries, exclude_history=True
    )
    ranker = ranker_on_trial(trained, vocabulary.counts, SkipGram())
    report = evaluate_next_item([ranker], queries, exclude_history=True, ks=[3], resamples=0)
    assert value == pytest.approx(report.value("recall@3"))
    assert value < report.value("hr@3")


def test_the_best_form_is_the_best_of_those_it_tells(asked):
    trained, counts, queries, baskets = asked
    best, values = Objective("mrr@5").best_form(
        trained, counts, SkipGram(), queries, exclude_history=baskets
    )
    assert values[best] == max(values.values())
    assert QueryForm() in values
    assert {form.scoring for form in values} == {"in-out", "in-in"}


def test_histories_of_baskets_have_no_end_to_weigh(asked):
    trained, counts, queries, baskets = asked
    _, values = Objective().best_form(trained, counts, SkipGram(), queries, exclude_history=baskets)
    reaches = {(form.decay, form.last) for form in values}
    assert (reaches == {(1.0, None)}) == baskets


@pytest.mark.parametrize("metric", ["hr", "hr@", "hr@0", "hr@ten", "auc@3", "hr@-1"])
def test_a_metric_that_is_none_is_refused(metric):
    with pytest.raises(ConfigError, match="it must be one such as hr@20"):
        Objective(metric)


def test_rungs_hold_each_other_and_ask_of_all_sequences(monkeypatch):
    monkeypatch.setattr("x2vec.jobs.tuning.rungs._LEAST_EVENTS", 0)
    made = leave_last_out(x2vec.Sequences.from_lists(lists(900)), seed=1)
    rungs = make_rungs(made.train, made.queries, seed=5)
    assert [round(rung.share * 9) for rung in rungs] == [1, 3, 9]
    sizes = [rung.prepared.ledger.sequences_out for rung in rungs]
    assert sizes == sorted(sizes)
    assert sizes[0] == pytest.approx(sizes[2] / 9, rel=0.35)
    assert [len(rung.queries) for rung in rungs] == [900, 900, 900]
    held = [set(map(tuple, _sequences(rung))) for rung in rungs]
    assert held[0] <= held[1] <= held[2]


def _sequences(rung):
    items = rung.prepared.vocabulary.items.to_pylist()
    corpus = rung.prepared.corpus
    for start, end in zip(corpus.offsets, corpus.offsets[1:], strict=False):
        yield [items[row] for row in corpus.rows[start:end]]


def test_little_data_have_one_rung():
    made = leave_last_out(x2vec.Sequences.from_lists(lists(100)), seed=1)
    assert [rung.share for rung in make_rungs(made.train, made.queries, seed=5)] == [1.0]


def test_the_company_of_an_event_weighs_long_sequences():
    sequences = x2vec.Sequences.from_lists([["a"] * 9, ["b"]])
    corpus = Corpus.of(sequences, Vocabulary.of(sequences))
    assert company(corpus) == (9 * 9 + 1 * 1) / 10


def test_time_is_foreseen_from_what_trainings_took():
    made = leave_last_out(x2vec.Sequences.from_lists(lists()), seed=1)
    rung = make_rungs(made.train, made.queries, seed=1)[-1]
    now = [100.0]
    clock = Clock(60.0, spent=5.0, now=lambda: now[0])
    assert clock.foresee(SkipGram(), rung) == 0  # nobody knows
    clock.note(SkipGram(), rung, trained=10.0, asked=2.0)
    now[0] = 112.0
    assert (clock.elapsed, clock.left) == (17.0, 43.0)
    assert clock.foresee(SkipGram(), rung) == pytest.approx(1.2 * (10 + 2))
    assert clock.foresee(SkipGram(epochs=10), rung) == pytest.approx(1.2 * (20 + 2))


@pytest.mark.parametrize(
    "model",
    [
        SkipGram(),
        SkipGram(window="whole"),
        SkipGram(ns_exponent=-2, negative=40, epochs=500, alpha=0.9, sample=0.05, vector_size=7),
        SkipGram(window=200, epochs=1, min_alpha=0.01),
        SessionSoftmax(),
        SessionSoftmax(temperature=None, dropout=0, negative=9, epochs=1, decay=1, window=99),
    ],
)
@pytest.mark.parametrize("ordered", [True, False])
def test_a_space_holds_its_start(model, ordered):
    space = Space(model, ordered=ordered)
    params = space.params_of(model)
    bounds = space.distributions()
    assert set(params) == set(bounds)
    assert all(
        bounds[name]._contains(bounds[name].to_internal_repr(params[name])) for name in params
    )
    assert space.model_of(params) == model


def test_a_low_rate_lowers_the_rate_at_the_end_with_it():
    space = Space(SkipGram(min_alpha=0.02), ordered=True)
    model = space.model_of({**space.params_of(SkipGram()), "alpha": 0.01})
    assert (model.alpha, model.min_alpha) == (0.01, 0.01)


def test_sections_are_written_as_a_job_reads_them(tmp_path):
    import tomllib

    model, form = SkipGram(window="whole", alpha=0.0512345678), QueryForm("in-out", 0.5, 0.3, 7)
    found = tomllib.loads("\n".join(sections_of(model, form).values()))
    assert SkipGram(**found["model"]) == replace(model, alpha=0.051235)
    assert QueryForm(**found["query"]) == form


def test_paths_are_moved_in_all_ways_to_write_them(tmp_path):
    text = r"""
source = { adapter = "events", item = "path", path = [ 'a.csv', # "b.csv", path = "c.csv"
  "ü\u00fc.csv", "/whole.csv", "s3://far/x.csv" ] }  # path = 'here.csv'
[items]
path = '''items.csv'''
item = ", path = 'not this'"
sql = '''
path = "nor this"
'''
[model]
[publish]
store = 'store'
"""
    old = tomllib.loads(text)
    job = JobFile(tmp_path / "job.toml", text)
    new = tomllib.loads(
        job.with_settings(SkipGram(), QueryForm(), tmp_path / "found" / "job.toml", "why")
    )
    moved = ["../a.csv", "../üü.csv", "/whole.csv", "s3://far/x.csv"]
    assert new["source"] == {**old["source"], "path": moved}
    assert new["items"] == {**old["items"], "path": "../items.csv"}
    assert new["publish"] == {"store": "../store"}


@pytest.mark.parametrize(
    ("value", "rung", "goes_on"),
    # on the first rung .1 .2 .3 .4 .5 and this one: two of six; on the second .9 and this one: one
    [(0.45, 0, True), (0.35, 0, False), (0.4, 0, False), (0.95, 1, True), (0.5, 1, False)],
)
def test_the_best_third_of_those_that_came_to_a_rung_goes_on(value, rung, goes_on):
    values = [(0.1,), (0.2,), (0.3,), (0.4,), (0.5, 0.9)]
    trials = [Trial(n, {}, one, QueryForm(), {}, 1.0, "pruned") for n, one in enumerate(values)]
    assert _goes_on(value, rung, trials) == goes_on
