"""The command line prints results on stdout, everything else on stderr, and exits as promised."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from shop import SIZE, write_shop

import x2vec

X2VEC = [
    sys.executable,
    "-c",
    "import sys; from x2vec.cli import main; sys.argv[0] = 'x2vec'; main()",
]


def x2vec_command(*arguments, cwd=None):
    return subprocess.run(
        [*X2VEC, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, timeout=120
    )


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    job = write_shop(folder)
    x2vec.run(job)
    return folder


def test_run_prints_what_was_read_measured_and_published(tmp_path):
    done = x2vec_command("run", write_shop(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "2,400 rows in, 600 sequences" in done.stdout
    assert "x2vec in-out" in done.stdout
    assert f"Published: {tmp_path}/store/" in done.stdout
    assert "train: 10,800 of 10,800 tokens" in done.stderr


def test_run_for_machines_is_one_line_of_json(tmp_path):
    done = x2vec_command("run", write_shop(tmp_path), "--json")
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["read"]["rows_in"] == 2400


def test_check_says_that_a_job_is_fit(shop):
    done = x2vec_command("check", shop / "job.toml")
    assert done.returncode == 0
    assert "item_id (int64)" in done.stdout
    assert json.loads(x2vec_command("check", shop / "job.toml", "--json").stdout)["columns"]


def test_similar_shows_neighbours_with_their_titles(shop):
    done = x2vec_command("similar", shop / "store", 3, -0 or 12, "-k", 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 · genre 0 product 3\n")
    assert done.stdout.count("genre 0") == 3
    assert done.stdout.count("genre 1") == 3


def test_similar_for_machines_is_one_line_of_json(shop):
    rows = json.loads(x2vec_command("similar", shop / "store", 3, "--json").stdout)
    assert [row["rank"] for row in rows] == list(range(1, 11))
    assert all(row["item_id"] // SIZE == 0 for row in rows[: SIZE - 1])


def test_similar_by_arithmetic_leaves_its_own_items_out(shop):
    words = ["similar", shop / "store", "--like", 1, "--like", 2, "--unlike", 9, "--json"]
    rows = json.loads(x2vec_command(*words).stdout)
    assert not {1, 2, 9} & {row["item_id"] for row in rows}
    assert rows[0]["item_id"] // SIZE == 0


def test_inspect_shows_the_verified_manifest(shop):
    done = x2vec_command("inspect", shop / "store")
    assert done.returncode == 0, done.stderr
    assert "32 items" in done.stdout
    manifest = json.loads(x2vec_command("inspect", shop / "store", "--json").stdout)["manifest"]
    assert manifest["format_version"] == 1


def test_adapters_are_listed_with_their_options():
    done = x2vec_command("adapters")
    assert "baskets (x2vec-engine)" in done.stdout
    assert "sequence: " in done.stdout
    listed = json.loads(x2vec_command("adapters", "--json").stdout)
    assert {"events", "baskets"} <= {one["name"] for one in listed}


def test_an_unknown_item_is_one_line_with_the_closest_and_exit_3(shop):
    done = x2vec_command("similar", shop / "store", 333)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("x2vec: error: ")
    assert "333" in done.stderr
    assert "Traceback" not in done.stderr
    assert x2vec_command("similar", shop / "store", "bread").returncode == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "nowhere.toml"], 2),
        (["similar"], 2),
        (["similar", "nowhere", "3"], 5),
        (["fly"], 2),
        (["run"], 2),
    ],
)
def test_wrong_use_exits_as_the_fault_table_says(words, code, tmp_path):
    done = x2vec_command(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_source_is_one_line_and_exit_3(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "orders.parquet").unlink()
    done = x2vec_command("run", job)
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "orders.parquet" in done.stderr


def test_below_the_floor_exits_with_4(tmp_path):
    job = write_shop(tmp_path, evaluate='k = [5]\nfloor = { metric = "mrr@5", minimum = 0.99 }')
    done = x2vec_command("run", job)
    assert done.returncode == 4
    assert not (tmp_path / "store" / "LATEST").exists()


def test_a_store_that_cannot_be_written_exits_with_5(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "store").write_text("a file is in the way")
    done = x2vec_command("run", job)
    assert done.returncode == 5, done.stderr


def test_debug_shows_the_traceback(tmp_path):
    done = x2vec_command("--debug", "run", tmp_path / "nowhere.toml")
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_stopped_in_training_exits_with_130_and_publishes_nothing(tmp_path, stop):
    job = write_shop(tmp_path, n_baskets=3000, model="vector_size = 64\nepochs = 4000")
    running = subprocess.Popen(
        [*X2VEC, "run", str(job)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in running.stderr:
        if line.startswith("train: "):
            break
    running.send_signal(stop)
    started = time.monotonic()
    _, rest = running.communicate(timeout=60)
    assert running.returncode == 130, rest
    assert time.monotonic() - started < 30  # of an hour that it would have taken
    assert not (tmp_path / "store" / "LATEST").exists()


def test_output_cut_short_by_the_reader_is_no_error(shop):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*X2VEC, "similar", str(shop / "store"), "3"], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    assert b"Traceback" not in done.stderr
