"""kill -9, SIGINT and Ctrl-C in the middle of an export: what is kept, and what comes of it."""

import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest
from exporting import parts_of, write_job, write_kitchen

import x2vec
from x2vec.jobs.export import writing
from x2vec.progress import Progress

X2VEC = [sys.executable, "-c", "from x2vec.cli import main; main()"]
OUTPUT = 'path = "out"\nqueries_per_file = 40'


@pytest.fixture
def kitchen(tmp_path):
    """Write a kitchen of 1,000 customers, of whom some have a taste that nobody knows."""
    draws = np.random.default_rng(0)
    who = [f"customer {n:04}" for n in draws.integers(0, 1_000, 5_000)]
    what = draws.choice(
        ["tea", "milk", "soap", "sponge", "coffee"], 5_000, p=[0.1, 0.1, 0.1, 0.1, 0.6]
    )
    orders = {"who": who, "what": what, "at": pa.array(np.arange(5_000))}
    return write_kitchen(tmp_path, orders)


def bytes_of(directory):
    return {part.name: part.read_bytes() for part in parts_of(directory)}


def stopped(job, how):
    """Run an export in a process of its own, stop it once a few partitions are there."""
    staged = job.parent / ".out.export" / "parts"
    slow = "import x2vec.jobs.export.writing as w, time\nkeep = w.check_space\n"
    slow += "w.check_space = lambda *args: (time.sleep(0.1), keep(*args))\n"
    command = [
        sys.executable,
        "-c",
        f"{slow}from x2vec.cli import main; main()",
        "export",
        str(job),
    ]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 60
    while len(list(staged.glob("part-*"))) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    running.send_signal(how)
    _, said = running.communicate(timeout=60)
    assert 3 <= len(parts_of(staged)) < 20
    assert not (job.parent / "out").exists()
    return running.returncode, said


def test_fault_1_killed_in_the_middle_a_rerun_gives_the_bytes_of_one_that_was_not(kitchen):
    x2vec.export(write_job(kitchen, output=OUTPUT.replace("out", "whole"), name="whole.toml"))
    job = write_job(kitchen, output=OUTPUT)
    code, _ = stopped(job, signal.SIGKILL)
    assert code == -signal.SIGKILL
    report = x2vec.export(job)
    assert 2 <= report.resumed < report.partitions == 25  # of the third, perhaps, nothing was noted
    assert any("goes on from a stopped export" in notice for notice in report.notices)
    assert bytes_of(kitchen / "out") == bytes_of(kitchen / "whole")
    assert not (kitchen / ".out.export").exists()
    assert report.counts == x2vec.export(kitchen / "whole.toml").counts


def test_fault_21_an_interrupt_exits_with_130_says_what_is_kept_and_is_gone_on_from(kitchen):
    job = write_job(kitchen, output=OUTPUT)
    code, said = stopped(job, signal.SIGINT)
    assert code == 130
    last = said.splitlines()[-1]
    assert last.startswith("x2vec: interrupted; nothing is exported yet; ")
    assert last.endswith("run again to go on")
    assert x2vec.export(job).resumed >= 2


def stop_after(n):
    def listen(event):
        if isinstance(event, Progress) and event.stage == "export" and event.done >= n:
            raise KeyboardInterrupt

    return listen


def test_what_another_job_left_is_swept_and_told(kitchen):
    with pytest.raises(KeyboardInterrupt):
        x2vec.export(write_job(kitchen, output=OUTPUT), listen=stop_after(200))
    report = x2vec.export(write_job(kitchen, output=OUTPUT, recommend="k = 1"))
    assert report.resumed == 0
    [swept] = [notice for notice in report.notices if "swept" in notice]
    assert swept.endswith("swept what a stopped export left (the job's settings)")


def test_what_was_left_and_is_damaged_is_swept_too(kitchen):
    job = write_job(kitchen, output=OUTPUT)
    with pytest.raises(KeyboardInterrupt):
        x2vec.export(job, listen=stop_after(200))
    part = parts_of(kitchen / ".out.export" / "parts")[0]
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    report = x2vec.export(job)
    assert report.resumed == 0
    assert any("its bytes are not those that were written" in one for one in report.notices)


def test_killed_between_the_two_renames_the_next_export_puts_it_right(kitchen):
    job = write_job(kitchen, output=OUTPUT)
    x2vec.export(job)
    whole = bytes_of(kitchen / "out")
    (kitchen / ".out.export").mkdir()
    (kitchen / "out").rename(kitchen / ".out.export" / "old")
    assert x2vec.export(job).status == "unchanged"
    assert bytes_of(kitchen / "out") == whole


def test_progress_tells_the_queries_that_are_done_and_the_seconds_that_are_left(
    kitchen, monkeypatch
):
    heard = []
    monkeypatch.setattr(writing, "_BLOCK", 100)
    x2vec.export(
        write_job(kitchen, output='path = "out"\nqueries_per_file = 250'), listen=heard.append
    )
    told = [event for event in heard if isinstance(event, Progress) and event.stage == "export"]
    total = told[0].total
    assert [event.done for event in told][:4] == [100, 200, 250, 350]
    assert told[-1].done == total
    assert told[-1].figures["seconds left"] == 0
    assert all(event.figures["seconds left"] >= 0 for event in told)
