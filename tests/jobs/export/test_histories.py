"""Histories in a stream are those that Python would put together."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.adapters import open_events
from x2vec.corpus.event_table import event_table
from x2vec.jobs.export import histories as streamed
from x2vec.jobs.export.digest import Digest
from x2vec.jobs.export.histories import HistoryStream
from x2vec.jobs.export.loading import load_histories
from x2vec.progress import silent

EVENTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=40
)


def read_all(events, n, after):
    """Return the items of each history behind one, taken ``n`` histories at a time."""
    who, what, when = zip(*events, strict=True)
    table = pa.table({"s": who, "i": what, "t": when})
    options = {"path": table, "sequence": "s", "item": "i", "time": "t", "time_unit": "position"}
    source, seen, found = open_events("events", options), Digest(), []
    with event_table(source) as opened:
        loaded = load_histories(opened, source, None, pa.array(range(10)), seen, silent)
        stream = HistoryStream(opened, loaded.sql, loaded.items, None, ordered=True, after=after)
        while len((run := stream.take(n)).queries):
            assert len(run.queries) <= n
            items = np.asarray(loaded.items)[run.codes]
            lists = np.split(items, run.offsets[1:-1])
            found += zip(run.queries.to_pylist(), (one.tolist() for one in lists), strict=True)
    return found


@given(EVENTS, st.integers(1, 4), st.one_of(st.none(), st.integers(0, 5)), st.integers(1, 7))
@settings(max_examples=15, deadline=None)
def test_histories_come_in_order_whatever_the_size_of_runs_and_batches(events, n, after, rows):
    expected = {}
    for who, what, _ in sorted(events, key=lambda event: (event[0], event[2])):
        if after is None or who > after:
            expected.setdefault(who, []).append(what)
    before, streamed._ROWS = streamed._ROWS, rows
    try:
        assert read_all(events, n, after) == list(expected.items())
    finally:
        streamed._ROWS = before
