"""The memory of an export does not follow the number of its histories."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from exporting import write_job, write_kitchen
from footprint import measured


def write_orders(folder, n_customers):
    """Write a kitchen of customers with four orders each."""
    draws = np.random.default_rng(0)
    n = 4 * n_customers
    who = [f"customer {one:09}" for one in draws.permutation(np.repeat(np.arange(n_customers), 4))]
    what = draws.choice(["tea", "milk", "soap", "sponge"], n)
    folder.mkdir()
    return write_kitchen(folder, {"who": who, "what": what, "at": pa.array(np.arange(n))})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process its peak")
def test_ten_times_the_histories_hold_less_than_five_times_the_memory(tmp_path):
    small = write_job(write_orders(tmp_path / "small", 100))
    peaks = {}
    for n in (15_000, 150_000):
        job = write_job(write_orders(tmp_path / str(n), n))
        peaks[n] = measured("exported", [str(small), str(job), "40MB"])  # spills beyond that
    assert peaks[150_000] < 5 * peaks[15_000], f"{peaks[15_000]:,} and {peaks[150_000]:,} bytes"
