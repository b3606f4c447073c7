"""Interrupts: how long a training takes from Ctrl-C to the end of the process, its state kept.

    python benchmarks/interrupts.py --items 100000

Writes five million events of sessions of ten, trains on them with two workers and 64 dimensions,
sends SIGINT a second after the first epoch, and prints seconds and the size of the checkpoint;
with ``--patience 3`` the matrices of the best epoch are kept too.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVENTS = 5_000_000
JOB = """
[source]
adapter = "events"
path = "events.parquet"
sequence = "session"
item = "item"
time = "at"

[training]
workers = 2
patience = {patience}
validation_queries = 500

[publish]
store = "store"
"""


def write_job(folder: Path, *, n_items: int, patience: int) -> Path:
    draws = np.random.default_rng(0)
    often = (n_items * draws.random(EVENTS - n_items) ** 2).astype(np.int64)
    items = draws.permutation(np.concatenate([np.arange(n_items), often]))
    places = np.arange(EVENTS)
    events = {"session": places // 10, "item": items, "at": places}
    pq.write_table(pa.table(events), folder / "events.parquet")
    (folder / "job.toml").write_text(JOB.format(patience=patience), encoding="utf-8")
    return folder / "job.toml"


def seconds_to_the_end(job: Path, *, after: str) -> float:
    command = [sys.executable, "-c", "from x2vec.cli import main; main()", "run", str(job)]
    running = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    for line in running.stderr or ():
        if after in line:
            break
    sleep(1)
    running.send_signal(signal.SIGINT)
    start = perf_counter()
    running.communicate()
    return perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--patience", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        job = write_job(Path(folder), n_items=chosen.items, patience=chosen.patience)
        after = "recall" if chosen.patience else "epoch 1,"
        seconds = [seconds_to_the_end(job, after=after) for _ in range(chosen.repeats)]
        files = (job.parent / "store" / ".checkpoint").iterdir()
        size = sum(file.stat().st_size for file in files)
    print(
        f"{chosen.items:,} items, patience {chosen.patience}: {size / 1e6:,.0f} MB kept, ", end=""
    )
    print(", ".join(f"{one:.2f}" for one in seconds), "s")


if __name__ == "__main__":
    main()
