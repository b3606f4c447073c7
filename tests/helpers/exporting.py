"""A kitchen whose answers are known: a store of four items made by hand, and export jobs of it."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import x2vec

ITEMS = ["tea", "milk", "soap", "sponge"]
VECTORS = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]]
COUNTS = [40, 30, 20, 10]
"""Tea goes with milk and soap with sponge; tea is what most people buy."""

ORDERS = {
    "who": ["bob", "ann", "bob", "cy", "dee"],
    "what": ["soap", "tea", "sponge", "coffee", "milk"],
    "at": [1, 1, 2, 1, 1],
}
"""Ann has had tea, Bob soap and then sponge, Cy something unknown, Dee milk."""

HISTORIES = """
[histories]
adapter = "events"
path = "orders.parquet"
sequence = "who"
item = "what"
time = "at"
time_unit = "position"
"""


def write_kitchen(folder, orders=None, items=ITEMS, **embeddings):
    """Write the store and the orders; return the folder."""
    given = {"vectors": VECTORS, "counts": COUNTS, **embeddings}
    x2vec.publish(x2vec.Embeddings(items, given.pop("vectors"), **given), folder / "store")
    pq.write_table(pa.table(orders or ORDERS), folder / "orders.parquet", row_group_size=20_000)
    return folder


def write_job(folder, *, output='path = "out"', recommend="k = 2", name="export.toml", **sections):
    """Write an export job of the kitchen; a section that is None is left out."""
    text = '[store]\npath = "store"\n' + (HISTORIES if recommend is not None else "")
    sections = {"recommend": recommend, **sections, "output": output}
    text += "".join(f"\n[{key}]\n{body}\n" for key, body in sections.items() if body is not None)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def exported(folder, **job):
    """Run an export job of the kitchen; return its report."""
    return x2vec.export(write_job(folder, **job))


def parts_of(directory):
    """Return the partitions of a finished export, in their order."""
    return sorted(Path(directory).glob("part-*"))


def rows_of(directory):
    """Return the rows of a finished export in Parquet or JSON Lines, as dicts."""
    rows = []
    for part in parts_of(directory):
        if part.suffix == ".jsonl":
            rows += [json.loads(line) for line in part.read_text(encoding="utf-8").splitlines()]
        else:
            rows += pq.read_table(part).to_pylist()
    return rows


def answers_of(directory):
    """Return what each query got and from whom, of an export in long form."""
    found = {}
    for row in rows_of(directory):
        items, _ = found.setdefault(row["query_id"], ([], row["source"]))
        items.append(row["item_id"])
        assert row["rank"] == len(items)
    return found
