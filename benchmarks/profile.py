"""What a profile of 30 million events takes, in seconds and in memory beside the events.

``python -m benchmarks.profile`` makes 5 million sequences of 100,000 items, with times, in memory.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa

import x2vec
from x2vec.corpus import Ledger, Sequences
from x2vec.profiling.scan import scan

N_EVENTS, N_SEQUENCES, N_ITEMS = 30_000_000, 5_000_000, 100_000


def world():
    draws = np.random.default_rng(0)
    starts = np.sort(draws.choice(N_EVENTS - 1, N_SEQUENCES - 1, replace=False)) + 1
    codes = (N_ITEMS * draws.random(N_EVENTS, dtype=np.float32) ** 2).astype(np.int32)
    return Sequences(
        names=pa.array(np.arange(N_SEQUENCES)),
        origins=np.arange(N_SEQUENCES, dtype=np.int32),
        items=pa.array(np.arange(N_ITEMS)),
        codes=np.minimum(codes, N_ITEMS - 1),
        offsets=np.concatenate([[0], starts, [N_EVENTS]]),
        times=1_700_000_000_000_000 + np.cumsum(draws.integers(0, 3_000_000, N_EVENTS)),
        ordered=True,
        has_clock=True,
        ledger=Ledger.of(rows=N_EVENTS, sequences=N_SEQUENCES),
    )


def measured(name, work, sequences):
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before, start = held("VmRSS"), perf_counter()
    work(sequences)
    print(f"{name}: {perf_counter() - start:.1f} s, {held('VmHWM') - before:,.0f} MB more")


def held(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


if __name__ == "__main__":
    sequences = world()
    print(f"{sequences!r} take {held('VmRSS'):,.0f} MB with all that is loaded")
    measured("the pass over the events", scan, sequences)
    measured("the whole profile", x2vec.profile, sequences)
