"""Events to corpus: time and memory of reading, ordering and coding events from Parquet.

    python benchmarks/events_to_corpus.py --events 10000000

Writes events of sessions in random order (string ids, a popularity tail of exponent 1), reads them
through the ``events`` adapter in a process of its own, and prints that process's wall-clock time
and peak resident memory. With ``--left 600`` the process believes that 600 MB of memory are left,
and keeps what is large beside that in temporary files.
"""

from __future__ import annotations

import argparse
import importlib
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCK = 1_000_000


def write_events(path: Path, *, n_events: int, n_items: int) -> None:
    draws = np.random.default_rng(0)
    n_sessions = max(1, n_events // 6)
    schema = pa.schema([("session", pa.string()), ("item", pa.string()), ("at", pa.int64())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, n_events, BLOCK):
            n = min(BLOCK, n_events - start)
            session = draws.integers(0, n_sessions, n)
            item = np.minimum(n_items ** draws.random(n), n_items).astype(np.int64)
            at = 1_700_000_000 + session % 86_400 + draws.integers(0, 1_800, n)
            columns = [
                pa.array(np.char.add("s", session.astype(str))),
                pa.array(np.char.add("item-", item.astype(str))),
                pa.array(at),
            ]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def read_events(path: Path, *, left: int | None) -> None:
    from x2vec import read
    from x2vec.corpus import Corpus, Vocabulary

    if left is not None:
        for name in ("assemble", "mapped"):
            module = importlib.import_module(f"x2vec.corpus.{name}")
            module.available = lambda: left * 1_000_000
    start = perf_counter()
    sequences = read("events", str(path), sequence="session", item="item", time="at")
    read_in = perf_counter() - start
    cleaned = sequences.clean(min_count=5, min_length=2, gap="30m")
    corpus = Corpus.of(cleaned, Vocabulary.of(cleaned))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"read and ordered  {read_in:8.1f} s")
    print(f"to the corpus     {perf_counter() - start:8.1f} s")
    print(f"peak memory       {peak:8.0f} MB")
    print(f"{corpus.n_tokens:,} tokens of {corpus.n_items:,} items\n{cleaned.ledger}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--left", type=int, help="MB of memory that are said to be left")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read_events(arguments.read, left=arguments.left)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        write_events(path, n_events=arguments.events, n_items=arguments.items)
        command = [sys.executable, __file__, "--read", str(path)]
        if arguments.left is not None:
            command += ["--left", str(arguments.left)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
