"""Stores of every format version ever shipped open, for ever, with exactly what was put in.

``format_1/`` was made once, from the repository's root, and is never made again::

    python -c "import runpy; from x2vec.embeddings import publish; \\
      g = runpy.run_path('tests/golden/test_golden.py'); \\
      publish(g['content'](), 'tests/golden/format_1')"
    rm tests/golden/format_1/.lock

``format_1_evidence/`` was made alike, of ``with_evidence()``: version 1 with evidence; and
``format_1_attributes/`` of ``with_attributes()``: version 1 with attributes of side information.

A new format version gets a directory of its own beside it; a change that breaks one of these
tests breaks what users have on their disks.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pyarrow as pa

from x2vec.embeddings import (
    Attributes,
    Embeddings,
    Evidence,
    HeldPairs,
    Pairs,
    Provenance,
    load,
    read_manifest,
)

FORMAT_1 = Path(__file__).parent / "format_1"
FORMAT_1_EVIDENCE = Path(__file__).parent / "format_1_evidence"
FORMAT_1_ATTRIBUTES = Path(__file__).parent / "format_1_attributes"


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


def with_evidence() -> Embeddings:
    """What the store with evidence holds: bread with butter, and never with the line break."""
    pairs = Pairs(
        np.array([0, 2, 3, 3, 3, 4, 4, 4]),
        np.array([1, 4, 0, 0], np.int32),
        np.array([2**33, 0, 2**33, 0]),
    )
    examples = pa.array([["o1", "é"], [], ["o1", "é"], []], pa.list_(pa.string()))
    evidence = Evidence(
        n_sequences=2**40,
        reach=10,
        sequences=np.array([2**40, 5, 4, 3, 2, 1, 0]),
        meetings=np.array([2**34, 2**33, 0, 0, 9, 0, 0]),
        cut=np.array([3, 0, 0, 0, 1, 0, 0]),
        at_most=np.array([2, 0, 0, 0, 1, 0, 0]),
        source=HeldPairs(pairs, examples),
    )
    return dataclasses.replace(content(), evidence=evidence)


def with_attributes() -> Embeddings:
    """What the store with attributes holds; a value may look like a column and a value."""
    attributes = Attributes(
        ["kind", "kind", "price", "été"],
        ["food", "a=b", "", "👩‍👩‍👧"],
        counts=[2**40, 5, 0, 1],
        vectors=np.arange(16).reshape(4, 4) / 16,
        context_vectors=np.arange(16).reshape(4, 4) / -8,
    )
    return dataclasses.replace(content(), attributes=attributes)


def test_a_store_with_attributes_holds_what_was_put_in():
    found, expected = load(FORMAT_1_ATTRIBUTES), with_attributes()
    assert found.vectors.tobytes() == expected.vectors.tobytes()
    attributes, put_in = found.attributes, expected.attributes
    assert list(attributes) == ["kind=food", "kind=a=b", "price=", "été=👩‍👩‍👧"]
    assert attributes.counts.tolist() == put_in.counts.tolist()
    assert attributes.vectors.tobytes() == put_in.vectors.tobytes()
    assert attributes.context_vectors.tobytes() == put_in.context_vectors.tobytes()


def test_a_store_with_evidence_holds_what_was_put_in():
    found, expected = load(FORMAT_1_EVIDENCE), with_evidence()
    assert found.vectors.tobytes() == expected.vectors.tobytes()
    evidence, put_in = found.evidence, expected.evidence
    assert (evidence.n_sequences, evidence.reach) == (put_in.n_sequences, put_in.reach)
    for name in ("sequences", "meetings", "cut", "at_most"):
        assert getattr(evidence, name).tolist() == getattr(put_in, name).tolist()
    for name in ("offsets", "others", "counts"):
        assert getattr(evidence.pairs, name).tolist() == getattr(put_in.pairs, name).tolist()
    assert (evidence.examples(1, 0), evidence.examples(0, 4)) == (["o1", "é"], [])


def test_a_store_from_before_evidence_and_attributes_were_kept_has_none():
    assert load(FORMAT_1).evidence is None
    assert load(FORMAT_1).attributes is None


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
