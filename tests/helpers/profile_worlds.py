"""Events for the data report: sessions of a week, sound in every way, as rows to be spoilt."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

import x2vec
from x2vec.profiling import profile_sequences

NOW = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2024, 3, 4, tzinfo=UTC).timestamp()


def sessions(n=300, *, length=5, visits=1, seed=0):
    """Return rows of sequence, item and seconds: clicks a minute apart, visits a day."""
    draws = np.random.default_rng(seed)
    rows = []
    for sequence in range(n):
        start = draws.uniform(0, 6 * 86_400)
        for _ in range(visits):
            items = draws.permutation(50)[:length]
            when = start + np.cumsum(60 * draws.lognormal(0, 0.5, length))
            rows += [(f"s{sequence}", f"i{i}", float(t)) for i, t in zip(items, when, strict=True)]
            start += 86_400 * draws.lognormal(0, 0.3)
    return rows


def table_of(rows):
    """Return rows as a table, their seconds as moments after a Monday."""
    moments = [round((START + second) * 1e6) for *_, second in rows]
    return pa.table(
        {
            "s": [one for one, *_ in rows],
            "i": [one for _, one, _ in rows],
            "t": pa.array(moments, pa.timestamp("us", "UTC")),
        }
    )


def profiled(rows, *, ordered=True, now=NOW, **options):
    """Read rows or a table, and profile them."""
    table = rows if isinstance(rows, pa.Table) else table_of(rows)
    adapter = "events" if ordered else "baskets"
    read = x2vec.read(adapter, table, sequence="s", item="i", time="t")
    return profile_sequences(read, now=now, **options)
