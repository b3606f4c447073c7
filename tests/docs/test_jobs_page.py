"""The pages on the keys of jobs say what the dataclasses say."""

from pathlib import Path

import pytest
from keys import keys_of, keys_on

from x2vec.jobs import ExportJob, Job

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "job"), [("jobs.md", Job), ("export.md", ExportJob)])
def test_every_key_of_every_section_stands_on_the_page_with_its_default(page, job):
    assert keys_on(DOCS / page) == dict(keys_of(job))
