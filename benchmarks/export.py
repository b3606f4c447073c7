"""A batch export: recommendations for a million histories against fifty thousand items, all in.

    python benchmarks/export.py
    python benchmarks/export.py --histories 100000 --format csv sqlite

Writes clicks of sessions in random order (text ids, a popularity tail of exponent 1, six clicks a
session on average) and a store of random vectors, then runs ``x2vec export`` on them in a process
of its own: k = 20, two workers. Prints for each size the queries, the rows, the seconds from start
to finished export, that process's processor seconds, and its peak of resident memory. The same for
a tenth of the histories comes first, for what a table that grows tenfold does to memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from events_to_corpus import write_events
from tables import heading, row

import x2vec

CLICKS = 6
JOB = """
[store]
path = "store"

[histories]
adapter = "events"
path = "events.parquet"
sequence = "session"
item = "item"
time = "at"

[recommend]
k = 20

[output]
path = "{path}"
format = "{form}"
"""


def write_store(path: Path, *, n_items: int, vector_size: int) -> None:
    draws = np.random.default_rng(0)
    vectors, context = draws.normal(size=(2, n_items, vector_size)).astype(np.float32)
    items = [f"item-{n}" for n in range(1, n_items + 1)]
    counts = np.maximum(1, 1_000_000 // np.arange(1, n_items + 1))
    x2vec.publish(x2vec.Embeddings(items, vectors, counts=counts, context_vectors=context), path)


def measure(folder: Path, form: str) -> tuple[dict, list[float]]:
    """Run the export; return what it says; seconds, those of the processor, and peak in MB."""
    path = f"out.{form}"
    (folder / "export.toml").write_text(JOB.format(path=path, form=form), encoding="utf-8")
    command = [sys.executable, "-c", "from x2vec.cli import main; main()"]
    command += ["export", str(folder / "export.toml"), "--json"]
    start = perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.PIPE)
    said = running.stdout.read()
    _, status, used = os.wait4(running.pid, 0)
    seconds = perf_counter() - start
    if status:
        raise SystemExit(said.decode() or "the export failed")
    figures = [seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]
    return json.loads(said), figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--vector-size", type=int, default=64)
    parser.add_argument("--format", nargs="+", default=["parquet"])
    asked = parser.parse_args()
    heading("format", "queries", "rows", "seconds", "processor s", "peak MB")
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_store(folder / "store", n_items=asked.items, vector_size=asked.vector_size)
        for n in (asked.histories // 10, asked.histories):
            write_events(folder / "events.parquet", n_events=CLICKS * n, n_items=asked.items)
            for form in asked.format:
                report, figures = measure(folder, form)
                counts = [f"{report[name]:,}" for name in ("queries", "rows")]
                row(form, *counts, *(f"{figure:,.1f}" for figure in figures))


if __name__ == "__main__":
    main()
