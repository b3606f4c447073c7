"""Evidence goes into files and comes back; what contradicts itself is refused."""

import dataclasses
import json
import shutil

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from x2vec.embeddings import Embeddings, Evidence, HeldPairs, Pairs, load, publish
from x2vec.errors import DamagedError, DataError

EXAMPLES = [["o1", "o2", "o3"], [], ["o1", "o2", "o3"], ["o4"], [], ["o4"]]
"""0 with 1 and 2, 1 with 0 and 2, 2 with 0 and 1."""


def evidence(examples=EXAMPLES, kind=None, **changes):
    pairs = Pairs(
        np.array([0, 2, 4, 6]), np.array([1, 2, 0, 2, 0, 1], np.int32), np.array([5, 0, 5, 1, 0, 1])
    )
    facts = {
        "n_sequences": 9,
        "reach": 10,
        "sequences": np.array([6, 6, 2]),
        "meetings": np.array([7, 6, 3]),
        "cut": np.array([2, 0, 2]),
        "at_most": np.array([1, 0, 1]),
        "source": HeldPairs(pairs, pa.array(examples, kind or pa.large_list(pa.string()))),
    }
    return Evidence(**{**facts, **changes})


def shop(**changes):
    vectors = np.eye(3, dtype=np.float32)
    return Embeddings(
        ["tea", "milk", "é\n"], vectors, counts=[6, 6, 2], evidence=evidence(**changes)
    )


def assert_same(found, expected):
    for name in ("n_sequences", "reach"):
        assert getattr(found, name) == getattr(expected, name)
    for name in ("sequences", "meetings", "cut", "at_most"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()
    for name in ("offsets", "others", "counts"):
        assert getattr(found.pairs, name).tolist() == getattr(expected.pairs, name).tolist()
    for row, other in [(0, 1), (0, 2), (1, 2), (2, 1)]:
        assert found.examples(row, other) == expected.examples(row, other)


def test_what_is_saved_and_published_comes_back(tmp_path):
    shop().save(tmp_path / "one")
    assert_same(load(tmp_path / "one").evidence, evidence())
    publish(load(tmp_path / "one"), tmp_path / "store")
    assert_same(load(tmp_path / "store").evidence, evidence())


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.int64()),
        pa.large_list(pa.dictionary(pa.int32(), pa.int64())),
        pa.list_(pa.dictionary(pa.int32(), pa.string())),
    ],
    ids=str,
)
def test_ids_of_sequences_are_text_or_numbers_perhaps_in_a_dictionary(tmp_path, kind):
    ids = EXAMPLES
    if "int64" in str(kind):
        ids = [[int(one[1:]) for one in some] for some in EXAMPLES]
    given = evidence(ids, kind) if not pa.types.is_dictionary(kind.value_type) else evidence()
    if pa.types.is_dictionary(kind.value_type):
        plain = pa.array(ids)
        lists = type(pa.array([], kind)).from_arrays(
            plain.offsets.cast(pa.int64() if pa.types.is_large_list(kind) else pa.int32()),
            plain.values.dictionary_encode(),
        )
        given = dataclasses.replace(given, source=HeldPairs(given.pairs, lists))
    vectors = np.eye(3, dtype=np.float32)
    made = Embeddings([1, 2, 3], vectors, counts=[3, 2, 1], evidence=given)
    made.save(tmp_path / "one")
    assert load(tmp_path / "one").evidence.examples(0, 1) == ids[0]


def test_the_file_of_pairs_is_read_when_its_version_is_gone(tmp_path):
    publish(shop(), tmp_path / "store")
    opened = load(tmp_path / "store")
    shutil.rmtree(tmp_path / "store")
    assert opened.evidence.count(0, 1) == 5


def test_others_read_the_pairs(tmp_path):
    file = str(shop().save(tmp_path / "one") / "together.parquet")
    frame = pd.read_parquet(file)
    assert frame.columns.to_list() == ["item_id", "other_id", "count", "lift", "examples"]
    assert list(frame["examples"][0]) == ["o1", "o2", "o3"]
    assert pl.read_parquet(file)["other_id"].to_list() == [
        "milk",
        "é\n",
        "tea",
        "é\n",
        "tea",
        "milk",
    ]
    lifts = f"SELECT count, lift::DECIMAL(9, 3)::VARCHAR FROM '{file}' WHERE item_id = 'tea'"
    # 16 meetings in all: 7 * 6 * (1 / 9 + 1 / 10) / 2 by chance
    lift = f"{5 / (42 * (1 / 9 + 1 / 10) / 2):.3f}"
    assert duckdb.sql(f"{lifts} ORDER BY count DESC").fetchall() == [(5, lift), (0, "0.000")]


def test_the_same_evidence_gives_the_same_bytes(tmp_path):
    one, other = shop().save(tmp_path / "one"), shop().save(tmp_path / "other")
    for name in ("evidence.parquet", "together.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_a_version_without_evidence_opens_and_has_none(tmp_path):
    dataclasses.replace(shop(), evidence=None).save(tmp_path / "one")
    assert not (tmp_path / "one" / "evidence.parquet").exists()
    assert load(tmp_path / "one").evidence is None
    shop().save(tmp_path / "bare.parquet")
    assert load(tmp_path / "bare.parquet").evidence is None


def test_a_flipped_bit_is_refused(tmp_path):
    file = shop().save(tmp_path / "one") / "together.parquet"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    with pytest.raises(DamagedError, match="together"):
        load(tmp_path / "one")


def test_pairs_of_other_items_are_damage_even_unverified(tmp_path):
    saved = shop().save(tmp_path / "one")
    vectors = np.eye(3, dtype=np.float32)
    other = Embeddings(["a", "b", "c"], vectors, counts=[3, 2, 1], evidence=evidence())
    strange = other.save(tmp_path / "other")
    manifest = json.loads((strange / "manifest.json").read_text())
    assert manifest["files"]["together.parquet"]
    shutil.copy(saved / "together.parquet", strange / "together.parquet")
    with pytest.raises(DamagedError):
        _ = load(strange, verify=False).evidence.pairs


@pytest.mark.parametrize(
    ("offsets", "others", "counts", "says"),
    [
        ([0, 1, 1], [1], [2], "both directions"),
        ([0, 1, 2], [1, 0], [2, 3], "both directions"),
        ([0, 1, 2], [0, 1], [2, 2], "of its own"),
        ([0, 1, 2], [1, 2], [2, 2], "rows from 0 to 1"),
        ([0, 2, 4], [1, 1, 0, 0], [1, 1, 1, 1], "ascend"),
        ([0, 1, 2], [1, 0], [-1, -1], "below zero"),
        ([0, 1, 3], [1, 0], [1, 1], "offsets"),
    ],
)
def test_pairs_that_contradict_themselves_are_refused(offsets, others, counts, says):
    with pytest.raises(DataError, match=says):
        Pairs(np.array(offsets), np.array(others, np.int32), np.array(counts))


def test_of_items_that_are_added_nothing_is_known(tmp_path):
    more = evidence().extended(2)
    assert (len(more), more.count(0, 1), more.count(0, 4), more.examples(4, 0)) == (5, 5, None, [])
    assert more.expected(0, 4) == 0
    names = ["tea", "milk", "jam", "new", "newer"]
    made = Embeddings(names, np.eye(5), counts=[3, 2, 1, 0, 0], evidence=more)
    made.save(tmp_path / "one")
    assert_same(load(tmp_path / "one").evidence, more)


def test_evidence_of_other_items_is_refused():
    with pytest.raises(DataError, match="of 3 items; expected one row for each of the 2"):
        Embeddings(["a", "b"], np.eye(2), counts=[1, 1], evidence=evidence())
    with pytest.raises(DataError, match="none below zero"):
        evidence(cut=np.array([0, -1, 0]))
    with pytest.raises(DataError, match="pairs of 3 items; expected 2"):
        _ = evidence(
            **{name: np.array([1, 1]) for name in ("sequences", "meetings", "cut", "at_most")}
        ).pairs
