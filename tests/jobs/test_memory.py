"""What training takes is told before it starts, and a warning where it is too much."""

import pytest
from shop import write_shop

import x2vec
from x2vec.jobs import memory
from x2vec.progress import Notice, Progress

MODEL = x2vec.SkipGram(vector_size=8, epochs=1)
BASKETS = [["tea", "milk"], ["tea", "sugar"]]


def heard_of(**options):
    heard = []
    x2vec.train(x2vec.Sequences.from_lists(BASKETS), MODEL, listen=heard.append, **options)
    return heard


def test_what_training_takes_is_told_before_it_starts():
    heard = heard_of()
    told = [n for n, event in enumerate(heard) if "beside the corpus" in getattr(event, "text", "")]
    began = [n for n, event in enumerate(heard) if isinstance(event, Progress)]
    assert len(told) == 1
    assert told[0] < began[0]
    assert "takes about 150 MB: matrices 0 MB" in heard[told[0]].text


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({}, "Set a smaller vector_size or a higher min_count."),
        ({"deterministic": True}, "a higher min_count or deterministic = false."),
    ],
)
def test_more_than_is_available_is_warned_of_with_what_to_do(monkeypatch, options, advice):
    monkeypatch.setattr(memory, "available", lambda: 100_000_000)
    (notice,) = [
        event for event in heard_of(**options)
        if isinstance(event, Notice) and "beside the corpus" in event.text
    ]  # fmt: skip
    assert "only 100 MB of memory are available" in notice.text
    assert notice.text.endswith(advice)


def test_a_run_reports_it_too(tmp_path):
    report = x2vec.run(write_shop(tmp_path))
    assert any("beside the corpus" in notice for notice in report.notices)


def test_a_check_foretells_it_by_the_number_of_items(tmp_path):
    foretold = x2vec.check(write_shop(tmp_path)).memory  # 16 dimensions: 64 bytes a row
    assert foretold[1_000_000] - foretold[100_000] > 900_000 * 2 * 64
    assert foretold[1_000_000] < 1_000_000_000


def test_a_check_says_nothing_of_an_engine_that_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "estimate", lambda *_, **__: None)
    assert x2vec.check(write_shop(tmp_path)).memory == {}
