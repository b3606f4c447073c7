"""Events to the rows of a corpus in plain pandas and plain polars, as one would write it by hand.

Both do what ``read``, ``clean(min_count=5, min_length=2, gap="30m")``, ``Vocabulary.of`` and
``Corpus.of`` do, in the same order, and return the same two arrays.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["by_pandas", "by_polars"]

GAP, MIN_COUNT, MIN_LENGTH = 1_800, 5, 2


def by_pandas(path: Path) -> tuple[Any, Any]:
    import pandas as pd

    frame = pd.read_parquet(path).sort_values(["session", "at"], kind="stable", ignore_index=True)
    is_start = (frame["session"] != frame["session"].shift()) | (frame["at"].diff() > GAP)
    frame["sequence"] = is_start.cumsum()
    frame = frame[["sequence", "item"]]
    n_events = -1
    while n_events != len(frame):
        n_events = len(frame)
        for column, least in (("item", MIN_COUNT), ("sequence", MIN_LENGTH)):
            frame = frame[frame[column].map(frame[column].value_counts()) >= least]
    counts = frame["item"].value_counts().rename_axis("item").reset_index(name="n")
    counts = counts.sort_values(["n", "item"], ascending=[False, True])
    row_of = pd.Series(np.arange(len(counts), dtype=np.int32), index=counts["item"])
    rows = frame["item"].map(row_of).to_numpy()
    starts = np.flatnonzero(frame["sequence"] != frame["sequence"].shift())
    return rows, np.append(starts, len(frame))


def by_polars(path: Path) -> tuple[Any, Any]:
    import polars as pl

    is_start = (pl.col("session") != pl.col("session").shift()) | (pl.col("at").diff() > GAP)
    frame = (
        pl.scan_parquet(path)
        .sort("session", "at", maintain_order=True)
        .select(is_start.fill_null(True).cum_sum().alias("sequence"), "item")
        .collect()
    )
    n_events = -1
    while n_events != len(frame):
        n_events = len(frame)
        frame = frame.filter(pl.len().over("item") >= MIN_COUNT)
        frame = frame.filter(pl.len().over("sequence") >= MIN_LENGTH)
    counts = frame.group_by("item").len().sort("len", "item", descending=[True, False])
    counts = counts.with_row_index("row")
    rows = frame.join(counts, on="item", how="left", maintain_order="left")["row"].to_numpy()
    sequence = frame["sequence"].to_numpy()
    starts = np.flatnonzero(np.append(True, sequence[1:] != sequence[:-1]))
    return rows, np.append(starts, len(frame))
