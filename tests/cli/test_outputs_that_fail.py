"""An output that is closed, cut short or full: what a command then does, and how it exits."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from shop import write_shop

import x2vec

X2VEC = shlex.join([sys.executable, "-c", "from x2vec.cli import main; main()"])
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


def shell(command, *, cwd):
    return subprocess.run(
        ["bash", "-c", f"{X2VEC} {command}; exit ${{PIPESTATUS[0]}}"],
        cwd=cwd, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture
def tea(tmp_path):
    x2vec.Embeddings(["tea", "milk"], [[1.0], [2.0]], counts=[1, 1]).save(tmp_path / "tea")
    return tmp_path


@pytest.mark.parametrize("end", [">&-", "| true"])
def test_nobody_who_reads_the_result_is_no_error(tea, end):
    done = shell(f"similar tea milk {end}", cwd=tea)
    assert (done.returncode, done.stderr) == (0, "")


@needs_full
def test_a_result_that_finds_no_room_exits_with_5(tea):
    done = shell(f"similar tea milk > {FULL}", cwd=tea)
    assert done.returncode == 5
    assert len(done.stderr.splitlines()) == 1
    assert "No space left" in done.stderr


@pytest.mark.parametrize(
    "end", ["2>&-", "2> >(true)", pytest.param(f"2> {FULL}", marks=needs_full)]
)
def test_a_log_that_cannot_be_written_stops_no_run(tmp_path, end):
    write_shop(tmp_path, n_baskets=60)
    done = shell(f"run job.toml {end}", cwd=tmp_path)
    assert done.returncode == 0
    assert "Published: " in done.stdout


@pytest.mark.parametrize("end", ["2>&-", pytest.param(f"2> {FULL}", marks=needs_full)])
def test_an_error_that_cannot_be_told_keeps_its_exit_code(tea, end):
    assert shell(f"similar tea coffee {end}", cwd=tea).returncode == 3
    assert shell(f"similar {end}", cwd=tea).returncode == 2


def as_anybody():
    """Take from root what makes every file readable, for this process and what it starts."""
    if os.geteuid() == 0:
        import ctypes

        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def words_of(program, path):
    return subprocess.run(
        [sys.executable, "-c", program, *path],
        capture_output=True, text=True, preexec_fn=as_anybody, timeout=120,
    )  # fmt: skip


def make_locked(folder):
    """Make a directory that nobody may enter, or skip where root cannot be kept out."""
    (folder / "locked").mkdir()
    (folder / "locked" / "file").touch()
    (folder / "locked").chmod(0)
    if words_of("import sys; open(sys.argv[1])", [str(folder / "locked" / "file")]).returncode == 0:
        pytest.skip("nothing is unreadable to this user")
    return folder / "locked"


@pytest.mark.parametrize(
    ("verb", "what"),
    [("check", "job"), ("check", "store"), ("check", "items"), ("run", "job"), ("run", "store"),
     ("run", "items"), ("similar", "itself"), ("inspect", "itself"), ("similar", "inside")],
)  # fmt: skip
def test_what_may_not_be_read_exits_with_5_and_one_line(tmp_path, verb, what):
    locked = make_locked(tmp_path)
    job = write_shop(
        tmp_path,
        **{"store": {"publish": 'store = "locked/store"'},
           "items": {"items": 'path = "locked/items.csv"'}}.get(what, {}),
    )  # fmt: skip
    if what == "job":
        job.chmod(0)
    path = {"itself": locked, "inside": locked / "store"}.get(what, job)
    words = [verb, str(path), *(["tea"] if verb == "similar" else [])]
    done = words_of("from x2vec.cli import main; main()", words)
    locked.chmod(0o700)
    assert (done.returncode, done.stdout) == (5, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Permission denied" in done.stderr
