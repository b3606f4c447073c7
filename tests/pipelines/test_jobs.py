"""The jobs under pipelines/ say nothing that a job cannot say."""

from pathlib import Path

import pytest

from x2vec.jobs import read_job
from x2vec.jobs.export.config import read_export

JOBS = sorted((Path(__file__).parents[2] / "pipelines").glob("*.toml"))


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.stem)
def test_every_job_can_be_read(path):
    read = read_export if "[output]" in path.read_text(encoding="utf-8") else read_job
    assert read(path).fingerprint


def test_one_of_them_infers_vectors_of_new_items():
    new_films = next(path for path in JOBS if path.stem == "new_films")
    cold = read_job(new_films).cold_start
    assert (cold.text, cold.tags, cold.infer) == (("title",), ("genres",), True)
