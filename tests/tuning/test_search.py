"""Tuning finds what is known to be best, sees no test part, and goes on where it was stopped."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import tomllib

import numpy as np
import pytest
from shop import write_shop

import x2vec
from x2vec.errors import (
    ConfigError,
    DamagedError,
    MissingPackageError,
    StorageError,
    UsageError,
)
from x2vec.jobs.tuning.tune import JOURNAL
from x2vec.progress import Notice, Progress
from x2vec.training import SkipGram

START = SkipGram(vector_size=8, window=1, epochs=2)


def chain(n_sequences=300, n_items=12, length=6, seed=0, jump=0.1):
    """Walks round a ring, one step to the right but for some jumps: what is next is known."""
    draws = np.random.default_rng(seed)
    steps = np.where(
        draws.random((n_sequences, length)) < jump,
        draws.integers(0, n_items, (n_sequences, length)),
        1,
    )
    return x2vec.Sequences.from_lists((np.cumsum(steps, axis=1) % n_items).tolist())


def plain(tuning):
    """Return all that a tuning found, but for the time it took."""
    found = tuning.to_dict()
    for trial in found["trials"]:
        del trial["seconds"]
    del found["seconds"]
    return found


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    return x2vec.tune(START, chain(), trials=6, metric="hr@2", seed=3, to=folder), folder


def test_on_a_chain_the_last_item_against_context_vectors_wins(tuned):
    tuning, _ = tuned
    forms = tuning.best.forms
    last = [value for form, value in forms.items() if form.startswith("in-out, last item")]
    assert max(last) > forms["in-out, mean, prior ns_exponent"] + 0.1
    assert max(last) > forms["in-in, last item"] + 0.1
    assert tuning.query.scoring == "in-out"
    assert tuning.query.last == 1 or tuning.query.decay <= 0.5
    assert tuning.value > 0.8  # more than 0.9 of the steps go to the right; 0.02 is chance


def test_the_first_trial_is_the_start_so_the_winner_is_no_worse(tuned):
    tuning, _ = tuned
    assert tuning.trials[0].params["vector_size"] == 8
    assert tuning.trials[0].state == "complete"
    assert tuning.value >= tuning.trials[0].values[-1]
    assert tuning.is_whole


def test_importances_are_shares_of_the_settings(tuned):
    tuning, _ = tuned
    assert set(tuning.importances) == set(tuning.trials[0].params)
    assert sum(tuning.importances.values()) == pytest.approx(1)


def test_trials_are_a_table(tuned):
    tuning, _ = tuned
    table = tuning.to_pandas()
    assert table.trial.tolist() == list(range(6))
    assert {"ns_exponent", "window", "share", "value", "query", "state"} <= set(table.columns)


def test_the_same_seed_finds_the_same_and_another_something_else(tuned):
    tuning, _ = tuned
    again = x2vec.tune(START, chain(), trials=6, metric="hr@2", seed=3, workers=1)
    other = x2vec.tune(START, chain(), trials=3, metric="hr@2", seed=4)
    assert plain(again) == plain(tuning)
    assert other.trials[1].params != tuning.trials[1].params


def test_a_stopped_search_goes_on_to_what_an_unbroken_one_finds(tuned, tmp_path):
    tuning, folder = tuned
    lines = (folder / JOURNAL).read_bytes().splitlines(keepends=True)
    half = b"".join(lines[:4]) + lines[4][:50]  # three trials, and one that was being written
    (tmp_path / JOURNAL).write_bytes(half)
    heard = []
    resumed = x2vec.tune(
        START,
        chain(),
        trials=6,
        metric="hr@2",
        seed=3,
        to=tmp_path,
        resume=True,
        listen=heard.append,
    )
    assert plain(resumed) == plain(tuning)
    assert any("goes on from 3 trials" in one.text for one in heard if isinstance(one, Notice))
    rewritten = (tmp_path / JOURNAL).read_text().splitlines()
    assert [json.loads(one)["params"] for one in rewritten[1:]] == [
        one.params for one in tuning.trials
    ]


def test_an_interrupt_keeps_the_trials_and_says_where(tmp_path):
    def stop(event):
        if isinstance(event, Progress) and event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        x2vec.tune(START, chain(), trials=5, to=tmp_path, listen=stop)
    assert any(str(tmp_path / JOURNAL) in note for note in caught.value.__notes__)
    assert len((tmp_path / JOURNAL).read_text().splitlines()) == 1 + 2


def test_trials_of_another_tuning_are_refused_with_what_differs(tuned):
    _, folder = tuned
    before = (folder / JOURNAL).read_bytes()
    with pytest.raises(ConfigError, match=r"(?s)another tuning.*seed: 3 there, 5 now"):
        x2vec.tune(START, chain(), trials=8, metric="hr@2", seed=5, to=folder, resume=True)
    with pytest.raises(ConfigError, match="training data"):
        x2vec.tune(START, chain(seed=1), trials=6, metric="hr@2", seed=3, to=folder, resume=True)
    assert (folder / JOURNAL).read_bytes() == before


def test_a_journal_that_is_none_is_refused(tmp_path):
    (tmp_path / JOURNAL).write_text("hello\n")
    with pytest.raises(DamagedError, match="no journal of a tuning"):
        x2vec.tune(START, chain(), trials=2, to=tmp_path, resume=True)


@pytest.mark.parametrize(
    "change",
    [
        {"values": []},
        {"values": ["much"]},
        {"values": [float("nan")]},
        {"values": [0.5] * 9},
        {"params": {"epochs": "<script>"}},
        {"params": {}},
        {"state": "fine"},
        {"number": 7},
        {"query": {"scoring": "out-out"}},
        {"seconds": "long"},
    ],
    ids=str,
)
def test_a_trial_that_was_changed_is_refused(tuned, tmp_path, change):
    _, folder = tuned
    head, first, *_ = (folder / JOURNAL).read_text().splitlines()
    changed = json.dumps({**json.loads(first), **change})
    (tmp_path / JOURNAL).write_text(f"{head}\n{changed}\n")
    with pytest.raises(DamagedError, match=r"no journal of a tuning.*Begin anew"):
        x2vec.tune(START, chain(), trials=2, metric="hr@2", seed=3, to=tmp_path, resume=True)


def test_of_another_start_only_the_settings_that_differ_are_told(tuned):
    _, folder = tuned
    other = dataclasses.replace(START, negative=START.negative + 1)
    with pytest.raises(ConfigError, match="another tuning") as caught:
        x2vec.tune(other, chain(), trials=6, metric="hr@2", seed=3, to=folder, resume=True)
    told = str(caught.value).splitlines()[1:-1]
    assert told == [f"start: negative: {START.negative} there, {START.negative + 1} now"]


def test_hits_among_the_whole_catalogue_are_no_metric():
    with pytest.raises(ConfigError, match="every target would be a hit"):
        x2vec.tune(START, chain(), trials=1, metric="hr@500")


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="Name a directory that can be written to"):
        x2vec.tune(START, chain(n_sequences=20), trials=1, metric="mrr@2", to=tmp_path / "file")


def test_nothing_is_pickled_into_the_journal(tuned):
    _, folder = tuned
    assert [path.name for path in folder.iterdir()] == [JOURNAL]
    for line in (folder / JOURNAL).read_text().splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "found neither; give one"),
        ({"budget": "1m", "trials": 3}, "found both; give one"),
        ({"budget": "ten minutes"}, "budget is 'ten minutes'; write a number and a unit"),
        ({"budget": "0s"}, "budget is '0s'; it must be above zero"),
        ({"trials": 0}, "trials is 0; it must be a whole number from 1 on"),
        ({"budget": 600}, "budget is 600; write it as text, such as '10m'"),
        ({"trials": 2, "metric": 3}, "metric is 3; it must be one such as hr@20"),
        ({"trials": 2, "metric": "auc"}, "metric is 'auc'; it must be one such as hr@20"),
    ],
)
def test_bad_limits_are_refused(how, message):
    with pytest.raises(ConfigError, match=message):
        x2vec.tune(START, chain(n_sequences=20), **how)


def test_wrong_arguments_are_refused():
    with pytest.raises(UsageError, match="expected Sequences"):
        x2vec.tune(SkipGram, [["a", "b"]], trials=2)
    with pytest.raises(UsageError, match="expected SkipGram"):
        x2vec.tune("skipgram", chain(n_sequences=20), trials=2)
    with pytest.raises(UsageError, match="resume needs the directory"):
        x2vec.tune(SkipGram, chain(n_sequences=20), trials=2, resume=True)
    with pytest.raises(UsageError, match="a job says seed itself"):
        x2vec.tune("job.toml", trials=2, seed=5)
    with pytest.raises(UsageError, match="and sequences; or the path of a job alone"):
        x2vec.tune("job.toml", chain(n_sequences=20), trials=2)
    with pytest.raises(UsageError, match="expected Sequences"):
        x2vec.tune(SkipGram, trials=2)


def test_a_budget_too_small_for_a_second_trial_still_measures_the_start():
    tuning = x2vec.tune(START, chain(), budget="1ms", metric="hr@2")
    assert len(tuning.trials) == 1
    assert tuning.model == START


def test_without_optuna_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingPackageError, match=r"optuna.*its extra: tune"):
        x2vec.tune(SkipGram, chain(n_sequences=20), trials=2)


def test_the_page_shows_what_wins_and_stands_alone(tuned, tmp_path):
    tuning, _ = tuned
    tuning.to_html(tmp_path / "tuning.html")
    page = (tmp_path / "tuning.html").read_text(encoding="utf-8")
    for word in ("Which settings decided", "in-out", "hr@2", "[model]"):
        assert word in page
    assert not any(word in page for word in ("https:", "http:", "src=", "<script"))


def test_what_trials_were_worth_is_drawn_in_the_metric_itself(tuned):
    page = tuned[0].to_html()
    assert "1000 x" not in page
    plot = page[page.index("What each trial was worth") :]
    bars = re.findall(r'<rect class="bar".*? height="([\d.]+)"', plot)
    values = [trial.values[0] for trial in tuned[0].trials]
    tallest = max(float(height) for height in bars)
    assert [float(height) / tallest for height in bars] == pytest.approx(
        [value / max(values) for value in values if value], abs=0.01
    )


def test_a_plot_alone_is_as_wide_as_one_of_two(tuned):
    assert "repeat(auto-fill, " in tuned[0].to_html().partition(".grid")[2].partition("}")[0]


def test_sequences_have_no_job_to_write_but_its_sections(tuned, tmp_path):
    tuning, _ = tuned
    with pytest.raises(UsageError, match="to_toml"):
        tuning.write_job(tmp_path / "job.toml")
    sections = tomllib.loads(tuning.to_toml())
    assert sections["model"]["vector_size"] == tuning.model.vector_size
    assert sections["query"]["scoring"] == tuning.query.scoring


def test_diverging_settings_are_worth_nothing_and_stop_nothing(monkeypatch):
    import x2vec.jobs.tuning.search as search
    from x2vec.errors import DivergedError

    fit = search.fit

    def fragile(corpus, model, **how):
        if model != START:
            raise DivergedError("no longer finite", epoch=1, alpha=1.0, last_good=None)
        return fit(corpus, model, **how)

    monkeypatch.setattr(search, "fit", fragile)
    tuning = x2vec.tune(START, chain(n_sequences=60), trials=3)
    assert [trial.state for trial in tuning.trials] == ["complete", "diverged", "diverged"]
    assert tuning.model == START


# Jobs


def write_clicks(folder, last):
    """Write a job of sessions on a ring; ``last`` makes the last click of each, the test part."""
    rows = ["session,item,at"]
    for n, items in enumerate(chain(n_sequences=200)):
        for place, item in enumerate([*items, last(n, items[-1])]):
            rows.append(f"{n},{item},{1_700_000_000 + 1000 * n + place}")
    folder.mkdir()
    (folder / "clicks.csv").write_text("\n".join(rows))
    text = """
# my clicks
[source]
adapter = "events"
path = "clicks.csv"
sequence = "session"
item = "item"
time = "at"
time_unit = "s"

[model]
vector_size = 8  # small
window = 1

[evaluate]
split = "leave-last-out"
k = [2]

[publish]
store = "store"
"""
    (folder / "job.toml").write_text(text)
    return folder / "job.toml"


def test_the_test_part_is_not_looked_at_before_the_winner_is_known(tmp_path):
    """Two jobs differ in their test part alone, one being noise: all trials are the same."""
    good = write_clicks(tmp_path / "good", lambda n, item: (int(item) + 1) % 12)
    poisoned = write_clicks(tmp_path / "bad", lambda n, item: (int(item) * 7 + n) % 12)
    first, second = (x2vec.tune(job, trials=4, metric="hr@2") for job in (good, poisoned))
    assert plain(dataclasses.replace(first, report=None)) == plain(
        dataclasses.replace(second, report=None)
    )
    assert first.report.value("hr@2", model="tuned") > 0.8  # the ring goes on
    assert second.report.value("hr@2", model="tuned") < 0.5


def test_a_tuned_job_is_written_with_its_settings_and_all_else_as_it_was(tmp_path):
    job = write_clicks(tmp_path / "shop", lambda n, item: (int(item) + 1) % 12)
    to = tmp_path / "found"
    tuning = x2vec.tune(job, trials=2, metric="hr@2", to=to)
    assert sorted(path.name for path in to.iterdir()) == ["job.toml", "trials.jsonl", "tuning.html"]
    text = (to / "job.toml").read_text()
    assert "# my clicks" in text
    old, new = (tomllib.loads(one) for one in (job.read_text(), text))
    assert new["source"] == {**old["source"], "path": "../shop/clicks.csv"}
    assert new["publish"] == {"store": "../shop/store"}
    assert new["evaluate"] == old["evaluate"]
    assert new["model"]["epochs"] == tuning.model.epochs
    assert new["query"]["scoring"] == tuning.query.scoring
    assert x2vec.run(to / "job.toml").evaluation is not None


def test_a_test_part_of_its_own_is_set_aside_for_the_end(tmp_path):
    job = write_clicks(tmp_path / "shop", lambda n, item: (int(item) + 1) % 12)
    rows = ["session,item,at"]
    for n, items in enumerate(chain(n_sequences=40, seed=9)):
        rows += [f"later {n},{item},{1_900_000_000 + place}" for place, item in enumerate(items)]
    (tmp_path / "shop" / "later.csv").write_text("\n".join(rows))
    clicks = (tmp_path / "shop" / "clicks.csv").read_text().splitlines()
    named = "\n".join([clicks[0], *(f"s{row}" for row in clicks[1:])])
    (tmp_path / "shop" / "clicks.csv").write_text(named)
    text = job.read_text()
    source = text[text.index("[source]") : text.index("[model]")]
    test = source.replace("[source]", "[test]").replace("clicks.csv", "later.csv")
    job.write_text(text.replace("leave-last-out", "given") + test)
    tuning = x2vec.tune(job, trials=2, metric="hr@2", to=tmp_path / "found")
    assert tuning.n_queries == 20  # a tenth of 200 sessions
    assert tuning.report.n_queries == 40
    written = tomllib.loads((tmp_path / "found" / "job.toml").read_text())
    assert written["test"]["path"] == "../shop/later.csv"


def test_settings_are_written_only_where_their_sections_are_found(tmp_path):
    job = write_clicks(tmp_path / "shop", lambda n, item: (int(item) + 1) % 12)
    text = job.read_text().replace("[model]\nvector_size = 8  # small\nwindow = 1\n", "")
    job.write_text(f"model = {{ vector_size = 8 }}\n{text}")
    tuning = x2vec.tune(job, trials=1, metric="hr@2")
    with pytest.raises(ConfigError, match=r"(?s)cannot find where \[model\].*copy these"):
        tuning.write_job(tmp_path / "job.toml")


def test_baskets_have_no_window_and_no_last_item(tmp_path):
    tuning = x2vec.tune(write_shop(tmp_path), trials=3, metric="hr@5")
    assert "window" not in tuning.trials[0].params
    assert {form.split(", ")[1] for form in tuning.best.forms} == {"mean"}
    assert tuning.report.models == ("tuned", "start", "gensim's text defaults")


def test_the_rest_of_a_basket_can_be_tuned_for(tmp_path):
    """Four items of a genre each: two are known, the two others are targets of one query."""
    job = write_shop(tmp_path, evaluate='ask = "rest"\nk = [5]')
    tuning = x2vec.tune(job, trials=2, metric="recall@5")
    assert tuning.report.task == "rest of basket"
    assert tuning.value > 0.5
    assert tuning.report.value("recall@5") > 0.5


def test_the_report_of_a_tuning_says_how_it_was_made(tmp_path):
    job = write_shop(tmp_path)
    tuning = x2vec.tune(job, trials=1, metric="hr@5")
    used = tuning.report.used
    assert used["command"] == f"x2vec tune {job} --trials 1 --metric hr@5"
    assert used["split"].startswith("train before")
    assert used["settings"]["tuned"]["epochs"] == tuning.model.epochs
    assert used["settings"]["gensim's text defaults"]["scoring"] == "in-in"
    assert "numpy" in used["versions"]


def test_a_job_without_evaluate_is_tuned_on_its_last_items(tmp_path):
    tuning = x2vec.tune(write_shop(tmp_path, evaluate=None), trials=2)
    assert tuning.report is None
    assert tuning.n_queries > 0
