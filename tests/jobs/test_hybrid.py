"""A hybrid in jobs and contests: learnt on a part of the training part, told in the report."""

import dataclasses

import numpy as np
import pytest
from shop import write_shop

import x2vec
from x2vec.corpus import Sequences
from x2vec.errors import DataError
from x2vec.jobs import Training, evaluate_job
from x2vec.jobs import evaluate as evaluation
from x2vec.jobs import hybrid as making
from x2vec.jobs.config import Evaluate
from x2vec.jobs.hybrid import asked_as, make_hybrid
from x2vec.jobs.steps import prepare
from x2vec.progress import Notice, Progress, silent
from x2vec.recommendation import Popularity, pairs

N = 12
CHAINS = [[f"i{(n + step) % N}" for step in range(5)] for n in range(N)]
MODELS = 'k = [5]\nmodels = ["cooccurrence", "hybrid"]'


@pytest.fixture(scope="module", autouse=True)
def two_parts():
    """Most of these need no more, and others take their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "PARTS", ("cooccurrence", "session-popularity"))
        yield


@pytest.fixture(scope="module")
def heard():
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory, heard):
    job = write_shop(tmp_path_factory.mktemp("shop"), evaluate=MODELS)
    return evaluate_job(job, listen=heard.append)


@pytest.fixture(scope="module")
def parts():
    """A ring of items, each followed by the next: after i3 comes i4."""
    sequences = Sequences.from_lists(CHAINS * 10, ids=[f"s{n}" for n in range(10 * N)])
    return x2vec.split(sequences, by="sequences", test=0.2, seed=3)


def test_a_job_that_names_the_hybrid_measures_it(made):
    assert made.report.models == ("x2vec in-out", "cooccurrence", "hybrid")


def test_an_evaluation_measures_the_hybrid_unless_models_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluation, "BASELINES", {"popularity": None})
    monkeypatch.setattr(evaluation, "MODELS", {})
    report = evaluate_job(write_shop(tmp_path, evaluate="k = [5]")).report
    assert report.models == ("x2vec in-out", "x2vec cosine", "popularity", "hybrid")


def test_the_report_and_a_notice_say_what_the_hybrid_consists_of(made):
    told = made.report.used["settings"]["hybrid"]
    assert told["weights"].keys() <= {"x2vec in-out", *making.PARTS}
    assert min(told["weights"].values()) > 0
    assert told["n_queries"] > 0
    assert sum(text.startswith("hybrid: ") for text in made.notices) == 1
    assert "hybrid" in made.seconds


def test_progress_says_what_is_fitted_for_the_hybrid_alone(heard, made):
    stages = {one.stage for one in heard if isinstance(one, Progress)}
    assert {"train", "train for hybrid", "baselines", "baselines for hybrid"} <= stages
    assert not [one for one in heard if isinstance(one, Notice) and "for hybrid" in one.stage]


def test_the_hybrid_of_a_job_is_the_same_each_time(tmp_path, made):
    again = evaluate_job(write_shop(tmp_path, evaluate=MODELS)).report
    assert again.measurements == made.report.measurements


def test_parts_that_are_measured_anyway_are_not_fitted_again(parts, monkeypatch):
    monkeypatch.setattr(making, "BASELINES", {})  # what fits those that are missing
    report = x2vec.evaluate([*making.PARTS, "hybrid"], *parts, k=1)
    assert report.value("hr@1", model="hybrid") == 1.0


def test_a_part_that_the_report_lacks_is_fitted_to_the_whole(parts):
    report = x2vec.evaluate(["hybrid"], *parts, k=1)
    assert report.value("hr@1", model="hybrid") == 1.0


def test_a_baseline_that_was_refused_is_no_part(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs, "MOST_PAIRS", 1)
    found = evaluate_job(write_shop(tmp_path, evaluate=MODELS))
    assert "cooccurrence" not in found.report.used["settings"]["hybrid"]["weights"]


def test_a_contest_mixes_its_parameters_with_baselines(parts):
    small = x2vec.SkipGram(vector_size=8, epochs=2)
    report = x2vec.evaluate([small, "hybrid", "popularity"], *parts, k=[1, 3], seed=3)
    assert report.models == ("skipgram", "hybrid", "popularity")
    assert report.value("hr@1", model="hybrid") == 1.0  # one item follows each
    assert report.used["settings"]["hybrid"]["best part"]


def test_what_was_fitted_before_is_no_part_and_a_notice_says_so(parts):
    train, test = parts
    own = Popularity(np.ones(N, dtype=np.int64), name="mine")
    heard = []
    x2vec.evaluate([own, "hybrid"], train, test, k=1, listen=heard.append)
    assert any("hybrid is without mine" in one.text for one in heard if isinstance(one, Notice))


def test_a_fitted_ranker_may_be_called_hybrid(parts):
    train, test = parts
    own = Popularity(np.ones(N, dtype=np.int64), name="hybrid")
    assert x2vec.evaluate([own], train, test, k=1).models == ("hybrid",)


@pytest.mark.parametrize(
    ("split", "ask", "n_queries"),
    [
        ("sequences", "last", 10),
        ("sequences", "each", 40),
        ("sequences", "rest", 10),
        ("leave-last-out", "last", 100),
        ("items", "each", 100),
    ],
)
def test_the_validation_part_is_cut_as_the_test_part_was(split, ask, n_queries):
    sequences = Sequences.from_lists(
        [[f"i{(n + step) % N}" for step in range(5)] for n in range(100)],
        ids=[f"s{n}" for n in range(100)],
    )
    left, asked = making._cut(sequences, Evaluate(split=split, ask=ask), Training(), None)
    assert len(asked) == n_queries
    assert asked.offsets is None  # one item a query
    assert left.corpus.n_tokens == (500 - 100 if split in ("leave-last-out", "items") else 450)


def test_of_a_test_part_that_was_given_each_length_of_history_is_asked():
    lists = [[f"i{(n + step) % N}" for step in range(4)] for n in range(100)]
    sequences = Sequences.from_lists(lists)
    _, asked = making._cut(sequences, Evaluate(split="given"), Training(), None)
    assert sorted(set(asked.histories.lengths.tolist())) == [1, 2, 3]


def test_where_nothing_can_be_cut_off_the_hybrid_is_left_out_with_a_notice(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "learn_mixture", _nothing_left)
    found = evaluate_job(write_shop(tmp_path, evaluate=MODELS))
    assert found.report.models == ("x2vec in-out", "cooccurrence")
    assert "hybrid is left out of the leaderboard: too few" in found.notices


def test_where_the_floor_is_set_for_the_hybrid_that_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "learn_mixture", _nothing_left)
    floor = 'floor = { metric = "hr@5", minimum = 0.1, model = "hybrid" }'
    with pytest.raises(DataError, match="too few"):
        evaluate_job(write_shop(tmp_path, evaluate=f"{MODELS}\n{floor}"))


def _nothing_left(*_, **__):
    raise DataError("too few")


def test_a_contest_too_small_for_a_hybrid_says_so():
    train = Sequences.from_lists([["a", "b"]])
    with pytest.raises(DataError):
        make_hybrid(
            train, prepare(train), Evaluate(split="leave-last-out"), [],
            training=Training(), fitted={}, listen=silent,
        )  # fmt: skip


def test_queries_after_the_training_part_are_cut_by_time():
    timed = dataclasses.replace(Sequences.from_lists(CHAINS[:4]), times=np.arange(20))
    later = x2vec.split(timed, by="time", test=0.3)
    assert asked_as(later.queries, later.train).split == "time"
    last = x2vec.split(Sequences.from_lists(CHAINS), by="leave-last-out")
    assert asked_as(last.queries, last.train).split == "leave-last-out"
    whole = x2vec.split(Sequences.from_lists(CHAINS), by="sequences")
    assert asked_as(whole.queries, whole.train).split == "given"
