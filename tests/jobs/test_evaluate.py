"""An evaluation measures what a run measures, says how it was made, and publishes nothing."""

import dataclasses
import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shop import write_shop

import x2vec
from x2vec.errors import ConfigError, DataError, NothingLeftError, SourceError
from x2vec.jobs import evaluate_job
from x2vec.progress import Notice
from x2vec.recommendation import pairs

FAST = 'k = [5]\nmodels = ["popularity", "cooccurrence"]'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"), evaluate=FAST)


@pytest.fixture(scope="module")
def made(shop):
    return evaluate_job(shop)


def test_an_evaluation_measures_what_a_run_measures(shop, made):
    assert made.report.measurements == x2vec.run(shop).evaluation.measurements


def test_an_evaluation_publishes_nothing(tmp_path):
    evaluate_job(write_shop(tmp_path, evaluate=FAST))
    assert not (tmp_path / "store").exists()


def test_in_python_the_path_of_a_job_is_enough(shop, made):
    assert x2vec.evaluate(str(shop)).measurements == made.report.measurements


def test_the_models_asked_for_are_measured_the_one_on_trial_first(made):
    assert made.report.models == ("x2vec in-out", "popularity", "cooccurrence")


def test_a_report_says_data_split_seed_versions_and_the_command(shop, made):
    used = made.report.used
    assert used["command"] == f"x2vec evaluate {shop}"
    assert used["split"].startswith("train before 2024-03-01 18:00:00 UTC, ask after")
    assert used["seed"] == 1
    assert used["data"]["rows read"] == 2400
    assert used["data"]["training events"] == 540 * 4
    assert used["settings"]["model"]["vector_size"] == 16
    assert used["settings"]["source"]["path"] == "orders.parquet"
    assert {"python", "x2vec", "numpy", "scipy"} <= used["versions"].keys()


def test_a_job_that_holds_nothing_out_cannot_be_evaluated(tmp_path):
    with pytest.raises(ConfigError, match=r"no section \[evaluate\].*Add one"):
        evaluate_job(write_shop(tmp_path, evaluate=None))


def test_the_same_job_gives_the_same_report(shop, made):
    again = evaluate_job(shop).report
    assert again == made.report


@pytest.mark.parametrize(
    ("evaluate", "reason"),
    [
        ('models = ["popularty"]', "did you mean 'popularity'"),
        ('models = ["zzz"]', "no such model; there are .*cooccurrence"),
        ('models = ["popularity", "popularity"]', "name each once"),
        ('split = "leave-last-out"\nask = "each"', 'one item of a sequence.*ask = "last"'),
        ('split = "given"', r"there is no section \[test\]: add one"),
        ('floor = { metric = "hr@20 tial", minimum = 0.1 }', "no metric 'hr@20 tial'.*tail"),
        ('floor = { metric = "gini@20 tail", minimum = 0.1 }', "no metric 'gini@20 tail'"),
        (
            'models = ["popularity"]\n'
            'floor = { metric = "hr@20", minimum = 0.1, model = "cooccurrence" }',
            "'cooccurrence', which is not measured; there are .*Add it to models",
        ),
        ('split = "sequence"', "'sequences'"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_a_problem_of_the_job_with_its_line(tmp_path, evaluate, reason):
    with pytest.raises(ConfigError, match=rf"(?s)job\.toml:\d+: .*{reason}"):
        x2vec.check(write_shop(tmp_path, evaluate=evaluate))


def test_all_problems_of_the_section_come_at_once(tmp_path):
    evaluate = 'models = ["popularty"]\nholdout = 2.0\nmax_queries = 0\nk = [0]'
    with pytest.raises(ConfigError) as caught:
        x2vec.check(write_shop(tmp_path, evaluate=evaluate))
    for key in ("models", "holdout", "max_queries", "k is"):
        assert key in str(caught.value)


def test_floors_take_groups_and_the_metrics_of_lists(tmp_path):
    for metric in ("hr@5 tail", "recall@5 new", "coverage@5"):
        floor = f'k = [5]\nfloor = {{ metric = "{metric}", minimum = 0.1 }}'
        x2vec.check(write_shop(tmp_path, evaluate=floor))


def test_a_cut_off_beyond_the_catalogue_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"k = 33 is beyond the catalogue: only 32 items"):
        evaluate_job(write_shop(tmp_path, evaluate='k = [5, 33]\nmodels = ["popularity"]'))


def test_a_baseline_that_is_too_much_is_left_out_with_a_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1)
    heard = []
    found = evaluate_job(write_shop(tmp_path, evaluate=FAST), listen=heard.append)
    assert "cooccurrence" not in found.report.models
    assert any("cooccurrence is left out" in one for one in found.notices)
    assert [one for one in heard if isinstance(one, Notice) and "left out" in one.text]


def test_another_scoring_is_measured_where_models_name_it(tmp_path):
    job = write_shop(
        tmp_path, evaluate='k = [5]\nmodels = ["x2vec in-out", "x2vec cosine"]',
        query='scoring = "in-in"',
    )  # fmt: skip
    assert evaluate_job(job).report.models == ("x2vec in-in", "x2vec in-out", "x2vec cosine")


@pytest.mark.parametrize("split", ["sequences", "leave-last-out"])
def test_the_other_splits_measure_too(tmp_path, split):
    evaluate = f'split = "{split}"\nholdout = 0.2\n{FAST}'
    report = evaluate_job(write_shop(tmp_path, evaluate=evaluate)).report
    assert report.n_queries == {"sequences": 120, "leave-last-out": 600}[split]


def test_each_item_after_the_first_is_asked_and_intervals_draw_whole_sequences(tmp_path):
    evaluate = f'split = "sequences"\nask = "each"\n{FAST}'
    report = evaluate_job(write_shop(tmp_path, evaluate=evaluate)).report
    assert report.n_queries == 60 * 4  # of a basket of four, each is asked given the others
    assert len(set(report.queries.sequence.tolist())) == 60


def write_given(folder, *, asked=None, **sections):
    """Write a job with a test part of its own; item ``n`` is followed by ``n + 1``."""
    chains = [[f"i{(n + step) % 9}" for step in range(4)] for n in range(9)]
    asked = chains[::-1] if asked is None else asked  # other ones under their numbers
    for name, lists in (("train.txt", chains * 20), ("test.txt.gz", asked)):
        text = "".join(" ".join(one) + "\n" for one in lists)
        raw = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
        (folder / name).write_bytes(raw)
    return write_shop(
        folder,
        **{
            "source": 'adapter = "playlists"\npath = "train.txt"',
            "test": 'adapter = "playlists"\npath = "test.txt.gz"',
            "items": None,
            "evaluate": 'split = "given"\nk = [1]\nmodels = ["popularity", "cooccurrence"]',
            **sections,
        },
    )


def test_a_test_part_of_its_own_is_asked_for_its_last_items(tmp_path):
    report = evaluate_job(write_given(tmp_path)).report
    assert report.n_queries == 9
    assert report.used["data"]["training events"] == 180 * 4  # nothing of it was held out
    assert report.used["settings"]["test"]["path"] == "test.txt.gz"
    assert report.queries.history_length.tolist() == [3] * 9


def test_the_paths_of_the_test_part_are_relative_to_the_job(tmp_path, monkeypatch):
    job = write_given(tmp_path)
    monkeypatch.chdir("/")
    assert evaluate_job(job).report.n_queries == 9


def test_a_test_part_of_its_own_counts_for_the_fingerprint(tmp_path):
    job = x2vec.jobs.read_job(write_given(tmp_path))
    options = dataclasses.replace(job.test.options, path="other.txt")
    other = dataclasses.replace(job, test=dataclasses.replace(job.test, options=options))
    assert job.fingerprint != other.fingerprint


def test_an_item_that_training_never_saw_is_a_miss_and_is_counted(tmp_path):
    test = [["i0", "i1", "new"], ["i0", "i1", "i2"], ["new", "i1", "i2"], ["i3", "i4", "i5"]]
    report = evaluate_job(write_given(tmp_path, asked=test)).report
    assert report.unknown_targets == 1 / 4
    assert report.unknown_history == 1 / 8
    assert report.value("hr@1", model="cooccurrence") <= 3 / 4


def test_an_empty_test_part_is_an_error_that_names_the_section(tmp_path):
    with pytest.raises((NothingLeftError, SourceError), match=r"\[test\]|test part"):
        evaluate_job(write_given(tmp_path, asked=[]))
    with pytest.raises(NothingLeftError, match="none of two events"):
        evaluate_job(write_given(tmp_path, asked=[["i0"], ["i1"]]))


def test_a_test_part_that_trains_too_is_a_leak(tmp_path):
    job = write_given(tmp_path)
    (tmp_path / "test.txt.gz").write_bytes(gzip.compress((tmp_path / "train.txt").read_bytes()))
    with pytest.raises(DataError, match=r"180 of 180 queries leak"):
        evaluate_job(job)


def test_a_test_part_of_baskets_cannot_be_asked_of_sequences(tmp_path):
    pq.write_table(pa.table({"b": ["x", "x"], "i": ["i0", "i1"]}), tmp_path / "b.parquet")
    test = 'adapter = "baskets"\npath = "b.parquet"\nsequence = "b"\nitem = "i"'
    with pytest.raises(DataError, match="ordered sequences, the test part baskets"):
        evaluate_job(write_given(tmp_path, test=test))


def test_a_test_part_of_numbers_cannot_be_asked_of_text(tmp_path):
    pq.write_table(pa.table({"b": [1, 1], "i": [1, 2], "t": [1, 2]}), tmp_path / "b.parquet")
    test = (
        'adapter = "events"\npath = "b.parquet"\nsequence = "b"\nitem = "i"\ntime = "t"\n'
        'time_unit = "position"'
    )
    with pytest.raises(DataError, match="part are string, those of the test part int64"):
        evaluate_job(write_given(tmp_path, test=test))


@pytest.mark.parametrize("verb", [x2vec.check, x2vec.run, evaluate_job])
def test_a_missing_test_part_is_told_before_training(tmp_path, verb):
    job = write_given(tmp_path)
    (tmp_path / "test.txt.gz").unlink()
    with pytest.raises(SourceError, match=r"test\.txt\.gz"):
        verb(job)


def test_a_section_of_the_test_part_that_nothing_reads_is_a_problem(tmp_path):
    with pytest.raises(ConfigError, match=r"job\.toml:\d+: \[test\] is read only with"):
        x2vec.check(write_given(tmp_path, evaluate="k = [5]\nsplit = 'leave-last-out'"))


def test_a_wrong_option_of_the_test_part_has_its_line(tmp_path):
    test = 'adapter = "playlists"\npath = "test.txt.gz"\ndelimeter = ";"'
    with pytest.raises(ConfigError, match=r"job\.toml:\d+: \[test\] delimeter.*'delimiter'"):
        x2vec.check(write_given(tmp_path, test=test))


def test_a_run_with_a_test_part_of_its_own_publishes(tmp_path):
    report = x2vec.run(write_given(tmp_path))
    assert report.evaluation.n_queries == 9
    assert (tmp_path / "store" / "LATEST").exists()


def test_an_empty_test_part_is_not_called_a_training_part(tmp_path):
    with pytest.raises(NothingLeftError, match=r"\[test\].*Nothing is left. Check") as caught:
        evaluate_job(write_given(tmp_path, asked=[]))
    assert "train" not in str(caught.value)
