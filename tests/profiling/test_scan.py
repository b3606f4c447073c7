"""The pass over the events agrees with plain loops, however the events fall into runs."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.corpus import Ledger, Sequences, blocks
from x2vec.profiling.scan import scan

EVENTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=6)


def sequences_of(lists):
    lists = [sorted(one, key=lambda event: event[1]) for one in lists]
    flat = [event for one in lists for event in one]
    return Sequences(
        names=pa.array(range(len(lists))),
        origins=np.arange(len(lists), dtype=np.int32),
        items=pa.array(range(4)),
        codes=np.array([item for item, _ in flat], np.int32),
        offsets=np.cumsum([0, *map(len, lists)]),
        times=np.array([time for _, time in flat], np.int64),
        ordered=True,
        has_clock=True,
        ledger=Ledger.of(rows=len(flat), sequences=len(lists)),
    ), lists


@settings(deadline=None, max_examples=60)
@given(st.lists(EVENTS, min_size=1, max_size=6), st.integers(1, 8))
def test_it_counts_what_loops_count(lists, block):
    sequences, lists = sequences_of(lists)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_BLOCK", block)
        found = scan(sequences)
    neighbours = [(one[n], one[n + 1]) for one in lists for n in range(len(one) - 1)]
    assert found.pairs == len(neighbours)
    assert found.repeats_before == sum(a[0] == b[0] for a, b in neighbours)
    assert found.same_time == sum(a[1] == b[1] for a, b in neighbours)
    assert found.step_of_one == sum(b[1] - a[1] == 1 for a, b in neighbours)
    assert found.duplicates == sum(len(one) - len(set(one)) for one in lists)
    assert found.repeats_earlier == sum(len(one) - len({i for i, _ in one}) for one in lists)
    assert found.sequences_of.tolist() == [
        sum(any(i == item for i, _ in one) for one in lists) for item in range(4)
    ]
    assert found.clock.pauses.sum() == found.pairs - found.same_time
    assert found.clock.by_hour.sum() == found.clock.bars.sum() == sequences.n_events
    if found.a_duplicate is not None:
        events = [event for one in lists for event in one]
        assert events.count(events[found.a_duplicate]) > 1


def test_a_last_moment_that_starts_a_bar_has_a_bar():
    day = 86_400_000_000
    sequences, _ = sequences_of([[(0, 0), (1, 10 * day)]])
    assert scan(sequences).clock.bars.tolist()[-1] == 1
