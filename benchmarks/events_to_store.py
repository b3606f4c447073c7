"""Events to a store: a whole job, from Parquet to a published matrix.

    python benchmarks/events_to_store.py --events 10000000

Writes events with text ids in random order, then runs ``x2vec run`` on them in a process of its
own: 64 dimensions, five epochs, two workers, nothing held out. Prints seconds, and the peak of
memory.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from events_to_corpus import write_events

JOB = """
[source]
adapter = "events"
path = "events.parquet"
sequence = "session"
item = "item"
time = "at"

[sequences]
gap = "30m"
min_count = 5
min_length = 2

[model]
vector_size = 64
epochs = 5

[training]
workers = 2

[publish]
store = "store"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--items", type=int, default=100_000)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder)
        write_events(path / "events.parquet", n_events=asked.events, n_items=asked.items)
        (path / "job.toml").write_text(JOB, encoding="utf-8")
        start = perf_counter()
        command = [sys.executable, "-c", "from x2vec.cli import main; main()", "run"]
        done = subprocess.run(
            [*command, str(path / "job.toml")], capture_output=True, text=True, check=True
        )
        seconds = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(done.stdout)
    print(f"{asked.events:,} events to a published store: {seconds:.1f} s, {peak:,.0f} MB")


if __name__ == "__main__":
    main()
