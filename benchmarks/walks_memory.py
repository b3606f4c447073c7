"""Memory of a graph: what reading it takes at its peak, and what it holds while it is walked.

    python benchmarks/walks_memory.py --edges 10000000 --nodes 1000000
    python benchmarks/walks_memory.py --edges 10000000 --nodes 1000000 --weighted

Writes random edges to Parquet, then reads them in this process until the first walks come. What the
process held before, its packages loaded and its kernels compiled, is taken off.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from x2vec.adapters import open_events

BLOCK = 1_000_000


def write_edges(path: Path, *, n_edges: int, n_nodes: int) -> None:
    draws = np.random.default_rng(0)
    schema = pa.schema([("source", pa.int64()), ("target", pa.int64()), ("weight", pa.float64())])
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, n_edges, BLOCK):
            n = min(BLOCK, n_edges - start)
            ends = draws.integers(0, n_nodes, (2, n))
            writer.write_batch(pa.record_batch([*ends, draws.random(n) + 0.1], schema=schema))


def walk(path: Path, *, is_weighted: bool) -> float:
    """Read the graph until its first walks come; return the MB held then."""
    weight = {"weight": "weight"} if is_weighted else {}
    walks = iter(open_events("walks", {"path": str(path), "walks_per_node": 1, **weight}))
    next(walks)
    with Path("/proc/self/status").open(encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edges", type=int, default=10_000_000)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--weighted", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "edges.parquet"
        write_edges(path, n_edges=1_000, n_nodes=100)
        before = walk(path, is_weighted=asked.weighted)
        write_edges(path, n_edges=asked.edges, n_nodes=asked.nodes)
        held = walk(path, is_weighted=asked.weighted) - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    print(f"{asked.edges:,} edges of {asked.nodes:,} nodes: {peak:,.0f} MB at the peak, ", end="")
    print(f"{held:,.0f} MB held")


if __name__ == "__main__":
    main()
