"""Training on a corpus that lies on disk: what the process holds, by the size of the corpus.

    python benchmarks/mapped_training.py --tokens 50000000 400000000 --limit 400

Writes a corpus of each size, block by block, takes it out of the system's cache, and trains an
epoch on it in a process of its own that may take no more private memory than the limit
(``ulimit -d``). "Private" is memory that must stay in memory or be swapped (RssAnon in
/proc/self/status), "of files" what the process holds of the corpus and of its libraries at one time
(RssFile); both are the most above what they were before training.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

import numpy as np

from x2vec.corpus import Corpus
from x2vec.training import SkipGram, fit

BLOCK = 1_000_000
MEAN_LENGTH = 8
N_ITEMS = 50_000
MODEL = SkipGram(vector_size=16, window=1, negative=1, epochs=1)


def write_corpus(directory: Path, *, n_tokens: int) -> None:
    """Save sequences of 2 to 14 items with a popularity tail of exponent 1."""
    draws = np.random.default_rng(0)
    n_sequences = n_tokens // MEAN_LENGTH
    with tempfile.TemporaryDirectory(dir=directory.parent) as scratch:
        offsets = np.lib.format.open_memmap(
            Path(scratch) / "offsets.npy", "w+", np.int64, (n_sequences + 1,)
        )
        for start in range(0, n_sequences, BLOCK):
            n = min(BLOCK, n_sequences - start)
            lengths = draws.integers(2, 2 * MEAN_LENGTH - 1, n)
            offsets[start + 1 : start + 1 + n] = offsets[start] + np.cumsum(lengths)
        rows = np.lib.format.open_memmap(
            Path(scratch) / "rows.npy", "w+", np.int32, (int(offsets[-1]),)
        )
        for start in range(0, len(rows), BLOCK):
            n = min(BLOCK, len(rows) - start)
            rows[start : start + n] = N_ITEMS ** draws.random(n, np.float32) - 1
        rows[:N_ITEMS] = np.arange(N_ITEMS)  # so that each item has an event
        Corpus(rows, offsets, N_ITEMS, "benchmark", ordered=True).save(directory)


def forget(path: Path) -> int:
    """Write a file out and take it out of the system's cache; return its bytes."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return os.fstat(file.fileno()).st_size


def held() -> dict[str, int]:
    """Return what this process holds, private and of files, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines)
    return {name: int(facts[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile")}


def train(directory: Path, *, limit: int) -> dict[str, float]:
    """Train, and return the seconds and what was held at most, above what was held before."""
    fit(Corpus(np.zeros(4, np.int32), np.array([0, 4]), 1, "small", ordered=True), MODEL)  # compile
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    corpus, before = Corpus.load(directory), held()
    most, is_over = dict(before), Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            for name, size in held().items():
                most[name] = max(most[name], size)

    watcher = Thread(target=watch)
    watcher.start()
    start = perf_counter()
    fit(corpus, MODEL, workers=2)
    seconds = perf_counter() - start
    is_over.set()
    watcher.join()
    return {"seconds": seconds, **{name: most[name] - before[name] for name in most}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tokens", type=int, nargs="+", default=[50_000_000, 400_000_000])
    parser.add_argument("--limit", type=int, default=400, help="MB of private memory")
    parser.add_argument("--train", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train:
        print(json.dumps(train(arguments.train, limit=arguments.limit * 10**6)))
        return
    print("| tokens | MB on disk | seconds | MB private | MB of files |")
    print("| --- | --- | --- | --- | --- |")
    for n_tokens in arguments.tokens:
        with tempfile.TemporaryDirectory() as folder:
            directory = Path(folder) / "corpus"
            write_corpus(directory, n_tokens=n_tokens)
            size = sum(forget(file) for file in directory.iterdir())
            command = [sys.executable, __file__, "--train", directory, "--limit"]
            done = subprocess.run(
                [*command, str(arguments.limit)], check=True, stdout=subprocess.PIPE, text=True
            )
        found = json.loads(done.stdout)
        print(
            f"| {n_tokens:,} | {size / 1e6:,.0f} | {found['seconds']:.1f} "
            f"| {found['RssAnon'] / 1e6:.0f} | {found['RssFile'] / 1e6:.0f} |"
        )


if __name__ == "__main__":
    main()
