"""Stores of every format version ever shipped open, for ever, with exactly what was put in.

``format_1/`` was made once, from the repository's root, and is never made again::

    python -c "import runpy; from x2vec.embeddings import publish; \\
      g = runpy.run_path('tests/golden/test_golden.py'); \\
      publish(g['content'](), 'tests/golden/format_1')"
    rm tests/golden/format_1/.lock

A new format version gets a directory of its own beside it; a change that breaks one of these
tests breaks what users have on their disks.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa

from x2vec.embeddings import Embeddings, Provenance, load, read_manifest

FORMAT_1 = Path(__file__).parent / "format_1"


def content() -> Embeddings:
    """What the store of format version 1 holds: numbers that float32 holds exactly."""
    items = ["bread", "butter", "é", "e\u0301", "line\nbreak", "../up", "👩‍👩‍👧"]
    vectors = (np.arange(7 * 4).reshape(7, 4) - 13) / 8
    return Embeddings(
        items,
        vectors,
        counts=[2**40, 5, 4, 3, 2, 1, 0],
        context_vectors=-vectors[::-1] / 2,
        origin=["trained"] * 6 + ["content"],
        metadata=pa.table({"name": [f"no. {n}" for n in range(7)], "price": [0.5, None] * 3 + [2]}),
        provenance=Provenance(
            config={"model": "SkipGram", "vector_size": 4, "window": None, "seed": 1},
            fingerprint="0123456789abcdef" * 4,
            counts={"rows_read": 10, "set_aside": {"item_id is null": 1}},
            metrics={"HR@10": 0.25},
        ),
    )


def test_a_store_of_format_version_1_holds_what_was_put_in():
    found, expected = load(FORMAT_1), content()
    assert list(found) == list(expected)
    assert found.vectors.tobytes() == expected.vectors.tobytes()
    assert found.context_vectors.tobytes() == expected.context_vectors.tobytes()
    assert found.counts.tolist() == expected.counts.tolist()
    assert found.origin.equals(expected.origin)
    assert found.metadata.equals(expected.metadata)
    assert found.provenance == expected.provenance


def test_its_manifest_says_format_version_1():
    assert read_manifest(FORMAT_1 / "v000001").format_version == 1


def test_its_items_file_opens_by_itself():
    assert list(load(FORMAT_1 / "v000001" / "items.parquet")) == list(content())
