"""Ctrl-C, SIGTERM and kill -9: what is kept, what is said, and what a resumed run makes of it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shop import write_shop

import x2vec
from x2vec.cli import stops
from x2vec.cli.program import run_program

X2VEC = [sys.executable, "-c", "from x2vec.cli import main; main()"]
SOON = 10  # seconds; two are promised, and a busy machine takes longer


def shop(folder, *, training, vector_size=64):
    """Write a job that trains for some seconds."""
    folder.mkdir(exist_ok=True)
    model = f"vector_size = {vector_size}\nepochs = 80"
    return write_shop(folder, n_baskets=15_000, model=model, training=training, evaluate=None)


def stop_in_training(job, how, *words, once=lambda: True):
    """Run a job, and stop it after an epoch, once something is so; return code and last line."""
    running = subprocess.Popen(
        [*X2VEC, "run", str(job), *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for line in running.stderr:
        if line.startswith("train: ") and "epoch " in line and "loss" in line:
            break
    while not once():
        time.sleep(0.01)
    running.send_signal(how)
    started = time.monotonic()
    _, rest = running.communicate(timeout=60)
    assert time.monotonic() - started < SOON
    assert "Traceback" not in rest
    return running.returncode, rest.splitlines()[-1] if rest else ""


def resume(job):
    """Run a job to its end from where it was stopped; return what it publishes."""
    done = subprocess.run([*X2VEC, "run", str(job), "--resume"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "train: goes on from epoch " in done.stderr
    return bytes_of(done.stdout.splitlines()[-1].removeprefix("Published: "))


def bytes_of(version):
    return [(Path(version) / name).read_bytes() for name in ("items.parquet", "context.parquet")]


def test_killed_and_interrupted_a_run_still_ends_with_the_bytes_of_one_that_was_not(tmp_path):
    whole = bytes_of(x2vec.run(shop(tmp_path / "whole", training="")).version)
    job = shop(tmp_path / "stopped", training="checkpoint_every = 0.1")
    store = tmp_path / "stopped" / "store"
    kept = store / ".checkpoint" / "checkpoint.json"
    code, _ = stop_in_training(job, signal.SIGKILL, once=kept.exists)
    assert code == -signal.SIGKILL
    code, said = stop_in_training(job, signal.SIGINT, "--resume")
    assert code == 130
    assert said.startswith("x2vec: interrupted; nothing was published; the training, at epoch ")
    assert f"is kept in {kept.parent}: run again with --resume" in said
    assert not (store / "LATEST").exists()
    assert resume(job) == whole
    assert not kept.parent.exists()


def test_sigterm_is_answered_the_same_and_deterministic_runs_go_on_with_other_workers(tmp_path):
    def how(workers):
        return {"training": f"deterministic = true\nworkers = {workers}", "vector_size": 16}

    whole = bytes_of(x2vec.run(shop(tmp_path / "whole", **how(1))).version)
    code, said = stop_in_training(shop(tmp_path / "stopped", **how(2)), signal.SIGTERM)
    assert code == 130
    assert "run again with --resume" in said
    assert resume(shop(tmp_path / "stopped", **how(4))) == whole


def test_resume_with_other_settings_exits_with_2_and_names_them(tmp_path, capsys):
    def stop(event):
        if event.stage == "train" and getattr(event, "done", 0):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        x2vec.run(write_shop(tmp_path, evaluate=None), listen=stop)
    other = write_shop(tmp_path, model="vector_size = 16\nwindow = 2", evaluate=None)
    assert run_program(["run", str(other), "--resume"]) == 2
    assert "  model.window: 5 in the checkpoint, 2 now" in capsys.readouterr().err.splitlines()


@pytest.fixture
def handlers():
    """Give back the handlers of signals that a test replaces."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, if tests run in the back
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_a_signal_that_a_wrapper_sends_on_is_not_a_second_one(handlers, monkeypatch):
    clock = iter([0.0, 0.8, 1.6])
    monkeypatch.setattr(stops, "monotonic", lambda: next(clock))
    stops.hear_of_stops()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)  # 0.8 s later
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_that_is_to_be_ignored_is_ignored(handlers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as nohup and background jobs of a shell have it
    stops.hear_of_stops()
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.parametrize(
    ("stop", "words"), [(signal.SIGINT, []), (signal.SIGTERM, ["run", "job.toml", "--json"])]
)
def test_stopped_while_it_still_loads_exits_with_130_and_one_line(stop, words):
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Stopper:\n"  # stops the process where the program would be found
        "    def find_spec(self, name, *_):\n"
        "        if name == 'x2vec.cli.program':\n"
        f"            os.kill(os.getpid(), {int(stop)})\n"
        "sys.meta_path.insert(0, Stopper())\n"
        "from x2vec.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    said = "interrupted; nothing was published"
    assert (done.returncode, done.stderr) == (130, f"x2vec: {said}\n")
    line = {"status": "failed", "exit_code": 130, "error": said, "kind": "KeyboardInterrupt"}
    assert done.stdout == (json.dumps(line) + "\n" if words else "")


def test_stopped_after_publishing_says_what_is_published(tmp_path):
    job = write_shop(tmp_path, n_baskets=60)
    script = (
        "import os, signal\n"
        "import x2vec.cli.run as run\n"
        "run._print = lambda report: os.kill(os.getpid(), signal.SIGTERM)\n"
        "from x2vec.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "run", str(job)], capture_output=True, text=True
    )
    assert done.returncode == 130
    version = f"{tmp_path}/store/v000001"
    assert done.stderr.splitlines()[-1] == f"x2vec: interrupted; {version} is published"
    assert len(x2vec.load(tmp_path / "store")) == 32
