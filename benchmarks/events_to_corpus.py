"""Events to corpus: time and memory of reading, ordering and coding events from Parquet.

    python benchmarks/events_to_corpus.py --events 10000000
    python benchmarks/events_to_corpus.py --events 3000000 10000000 --rounds 3 --peers

Writes events of sessions in random order (string ids, a popularity tail of exponent 1), reads them
through the ``events`` adapter in a process of its own, and prints that process's wall-clock time
and peak resident memory. With ``--left 600`` the process believes that 600 MB of memory are left,
and keeps what is large beside that in temporary files. With ``--peers``, plain pandas and plain
polars do the same in turn, each in a process of its own, and the digests of what all three make,
which is every token in its order, must be equal. ``--folder`` keeps the events for another time.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from events_in_frames import by_pandas, by_polars
from tables import heading, median_and_range, row

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


def by_x2vec(path: Path, left: int | None = None):
    from x2vec import read
    from x2vec.corpus import Corpus, Vocabulary

    if left is not None:
        for name in ("event_table", "mapped"):
            module = importlib.import_module(f"x2vec.corpus.{name}")
            module.available = lambda: left * 1_000_000
    sequences = read("events", str(path), sequence="session", item="item", time="at")
    cleaned = sequences.clean(min_count=5, min_length=2, gap="30m")
    corpus = Corpus.of(cleaned, Vocabulary.of(cleaned))
    return corpus.rows, corpus.offsets


TOOLS = {"x2vec": by_x2vec, "pandas": by_pandas, "polars": by_polars}


def measure(tool: str, path: Path, left: int | None) -> None:
    """Print what one tool takes, from its import to its arrays, and their digest."""
    start = perf_counter()
    rows, offsets = by_x2vec(path, left) if tool == "x2vec" else TOOLS[tool](path)
    seconds = perf_counter() - start
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    digest = hashlib.sha256(np.asarray(offsets, "<i8").tobytes())
    digest.update(np.asarray(rows, "<i4").tobytes())
    print(json.dumps({"seconds": seconds, "peak": peak / 1e3, "digest": digest.hexdigest()}))


def compare(path: Path, tools: list[str], *, rounds: int, left: int | None) -> None:
    """Run the tools in turn, and print a row for each."""
    found = {tool: [] for tool in tools}
    for tool in tools * rounds:
        command = [sys.executable, __file__, "--measure", tool, str(path)]
        command += [] if left is None else ["--left", str(left)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found[tool].append(json.loads(done.stdout) if done.returncode == 0 else None)
        said = done.stderr[-300:] if done.returncode else done.stdout.strip()
        print(f"{path.stem} by {tool}: {said}", file=sys.stderr)
    digests = {one["digest"] for ones in found.values() for one in ones if one}
    assert len(digests) == 1, f"the tokens differ: {digests}"
    for tool, ones in found.items():
        n_events = f"{pq.ParquetFile(path).metadata.num_rows:,}"
        if None in ones:
            row(n_events, tool, "did not end", "-", "-")
            continue
        seconds = np.array([one["seconds"] for one in ones])
        ratio = seconds / np.array([one["seconds"] for one in found["x2vec"]])
        peak = max(one["peak"] for one in ones)
        row(
            n_events,
            tool,
            median_and_range(seconds),
            median_and_range(ratio, digits=2),
            f"{peak:,.0f} MB",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[10_000_000])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--left", type=int, help="MB of memory that are said to be left")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--peers", action="store_true", help="also measure pandas and polars")
    parser.add_argument("--folder", type=Path, help="where the events are kept")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        tool, path = arguments.measure
        measure(tool, Path(path), arguments.left)
        return
    tools = list(TOOLS) if arguments.peers else ["x2vec"]
    with tempfile.TemporaryDirectory() as scratch:
        paths = {n: (arguments.folder or Path(scratch)) / f"{n}.parquet" for n in arguments.events}
        for n_events, path in paths.items():
            if not path.exists():
                write_events(path, n_events=n_events, n_items=arguments.items)
        heading("events", "by", "seconds", "times x2vec", "peak memory")
        for path in paths.values():
            compare(path, tools, rounds=arguments.rounds, left=arguments.left)


if __name__ == "__main__":
    main()
