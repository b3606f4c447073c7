"""Presets fill in what a job leaves out, and nothing else."""

import pytest
from shop import write_shop

import x2vec
from x2vec.errors import ConfigError
from x2vec.jobs import PRESETS, read_job
from x2vec.jobs.presets import SHAPES, Preset, with_preset
from x2vec.recommendation import QueryForm
from x2vec.training import SkipGram

FOUND = Preset(SkipGram(epochs=31, alpha=0.07), QueryForm("in-out", prior=0.5, decay=0.4))


@pytest.fixture
def found(monkeypatch):
    """Set the preset of baskets to something that is nobody's default."""
    monkeypatch.setattr("x2vec.jobs.presets.PRESETS", {**PRESETS, "basket": FOUND})


def test_a_job_gets_the_preset_of_its_adapter_where_it_says_nothing(found, tmp_path):
    job = read_job(write_shop(tmp_path, model="vector_size = 16\nalpha = 0.5"))
    assert job.model == SkipGram(vector_size=16, alpha=0.5, epochs=31)
    assert job.query == FOUND.query
    assert job.preset is None


def test_a_check_prints_the_resulting_values(found, tmp_path):
    checked = x2vec.check(write_shop(tmp_path, model=None)).job
    assert (checked["model"]["epochs"], checked["query"]["decay"]) == (31, 0.4)


def test_a_job_may_name_a_preset(found, tmp_path):
    job = write_shop(tmp_path, model=None)
    job.write_text(f'preset = "session"\n{job.read_text()}')
    read = read_job(job)
    assert read.model == PRESETS["session"].model
    assert read.to_dict()["preset"] == "session"


def test_an_unknown_preset_is_a_problem_of_the_job_and_the_closest_is_named(tmp_path):
    job = write_shop(tmp_path)
    job.write_text(f'preset = "sesion"\n{job.read_text()}')
    with pytest.raises(ConfigError, match=r"job\.toml:1: .*'sesion'.*Did you mean 'session'\?"):
        read_job(job)


def test_another_scoring_gets_nothing_of_the_query_of_the_preset(found, tmp_path):
    job = read_job(write_shop(tmp_path, query='scoring = "in-in"'))
    assert job.query == QueryForm("in-in")
    assert job.model.epochs == 5  # as the shop's own job says
    assert job.model.alpha == 0.07


def test_events_of_no_known_shape_get_what_skip_gram_is():
    document = {"source": {"adapter": "events"}, "model": {"epochs": 2}}
    assert with_preset(document) == document


def test_what_is_no_job_stays_as_it_is():
    for document in ({}, {"source": 3}, {"preset": 7}, {"source": {"adapter": ["baskets"]}}):
        assert with_preset(document) == document
    assert with_preset({"preset": "basket", "model": 5})["model"] == 5


def test_every_adapter_of_a_shape_has_its_preset_and_python_stays_plain():
    assert set(SHAPES.values()) == set(PRESETS)
    assert x2vec.preset("walk") is PRESETS["walk"]
    with pytest.raises(ConfigError, match="there are basket, session"):
        x2vec.preset("film")
