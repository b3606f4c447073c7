"""A distribution of somebody else's, built and installed by pip, whose adapter goes by its name."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
X2VEC = "from x2vec.cli import main; main()"
RECEIPTS = "# 1\nbread\nbutter\n# 2\nbread\njam\n# 3\nbutter\njam\nbread\n"
JOB = """
[source]
adapter = "receipts"
path = "receipts.txt"

[model]
vector_size = 8

[publish]
store = "store"
"""


def ran(*command, site):
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A directory of installed packages, with nothing from a network."""
    site = tmp_path_factory.mktemp("site")
    ran(
        *("-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"),
        *("--disable-pip-version-check", "--target", site, HERE / "receipts"),
        site=site,
    )
    return site


@pytest.fixture
def job(tmp_path):
    (tmp_path / "receipts.txt").write_text(RECEIPTS)
    (tmp_path / "job.toml").write_text(JOB)
    return tmp_path / "job.toml"


def test_it_is_listed_beside_the_built_in_ones_with_its_options(site):
    listed = json.loads(ran("-c", X2VEC, "adapters", "--json", site=site))
    assert {
        "name": "receipts",
        "distribution": "shop-receipts",
        "options": ["path: str (needed)"],
    } in [{key: one[key] for key in ("name", "distribution", "options")} for one in listed]


def test_it_keeps_the_protocol(site, job):
    program = (
        "import sys; from shop_receipts import *; from x2vec.testing import check_adapter\n"
        "check_adapter(ReceiptsAdapter, ReceiptsOptions(sys.argv[1]), expected_rows=7)\n"
        "print('kept')"
    )
    assert ran("-c", program, job.with_name("receipts.txt"), site=site) == "kept\n"


def test_a_job_that_names_it_is_published(site, job):
    report = json.loads(ran("-c", X2VEC, "run", job, "--json", site=site))
    assert (report["read"]["rows_in"], report["read"]["sequences_in"]) == (7, 3)
    assert report["n_items"] == 3
    assert (job.parent / "store" / "LATEST").exists()
