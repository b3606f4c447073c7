"""Side information, from an item table to vectors: in Python, and in a job."""

import dataclasses
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import x2vec
from x2vec.corpus import Sequences, Vocabulary
from x2vec.errors import ConfigError, SourceError, UsageError
from x2vec.jobs.side import SideSource

BASKETS = [["tea", "jam"], ["tea", "soap", "jam"], ["soap", "lamp"], ["lamp", "tea"]] * 5
ITEMS = pa.table(
    {
        "item_id": ["lamp", "jam", "tea", "unsold"],
        "kind": ["home", "food", "food", "food"],
        "tags": [["light"], [], ["hot", "green"], ["hot"]],
        "market": ["A", "B", None, "A"],
    }
)
MODEL = x2vec.SkipGram(vector_size=4, epochs=1)
SIDE = x2vec.SideInformation(categories="kind", tags="tags", weight=2, half_at=math.inf)


def train(side=SIDE, items=ITEMS, sequences=None, **more):
    sequences = sequences or Sequences.from_lists(BASKETS)
    how = {"engine": "reference", "evidence": False, "items": items, "side": side} | more
    return x2vec.train(sequences, MODEL, **how)


def taken(how, sequences=None, items=ITEMS):
    sequences = sequences or Sequences.from_lists(BASKETS)
    vocabulary = Vocabulary.of(sequences)
    notices = []
    found = SideSource(how, items).of(sequences, vocabulary, listen=notices.append)
    return found, vocabulary.items.to_pylist(), [notice.text for notice in notices]


def test_columns_that_say_nothing_of_any_item_are_told():
    table = ITEMS.select(["item_id"]).append_column("kind", pa.nulls(4, pa.string()))
    found, _, notices = taken(x2vec.SideInformation(categories="kind"), items=table)
    assert found is None
    assert "'kind' of the item table: no value of any item, so no attributes" in notices


def test_steps_that_are_too_large_are_told_where_all_numbers_stay_finite():
    for weight, is_told in ((1, False), (20, True)):
        heard = []
        side = x2vec.SideInformation(categories="kind", weight=weight, half_at=math.inf)
        train(side, listen=heard.append)
        told = [str(event) for event in heard if "where vectors say nothing" in str(event)]
        assert bool(told) == is_told, weight
        assert all("and 4.159 where" in text for text in told)  # 6 log 2


def test_a_value_that_is_called_as_the_rest_of_a_column_is_of_the_rest():
    kinds = ["(others)", "x", "y", "x"]
    table = pa.table({"item_id": ["lamp", "jam", "tea", "soap"], "kind": kinds})
    side = x2vec.SideInformation(categories="kind", most_values=2)
    assert sorted(train(side, table).attributes) == ["kind=(others)", "kind=x"]


def test_attributes_of_one_name_in_two_columns_are_refused_before_training():
    table = pa.table({"item_id": ["tea", "jam"], "a": ["b=c", "d"], "a=b": ["c", "d"]})
    side = x2vec.SideInformation(categories=["a", "a=b"])
    with pytest.raises(SourceError, match=r"'a=b=c' would be the name .* Rename that column"):
        taken(side, items=table)


def test_items_get_what_the_table_says_by_columns_that_weigh_the_same():
    found, items, notices = taken(SIDE)
    names = [f"{row['column']}={row['value']}" for row in found.names.to_pylist()]
    assert sorted(names) == ["kind=food", "kind=home", "tags=green", "tags=hot", "tags=light"]
    side = found.side
    said = {
        item: {
            names[side.attributes[at]]: float(side.weights[at])
            for at in range(side.offsets[row], side.offsets[row + 1])
        }
        for row, item in enumerate(items)
    }
    assert said == {
        "tea": {"kind=food": 1.0, "tags=green": 0.5, "tags=hot": 0.5},  # 2 * (1/2 and 1/4, 1/4)
        "jam": {"kind=food": 2.0},
        "lamp": {"kind=home": 1.0, "tags=light": 1.0},
        "soap": {},
    }
    assert notices == ["1 of 4 items are not in the item table, and have no attributes"]


def test_attributes_weigh_less_in_items_with_many_events():
    found, items, _ = taken(x2vec.SideInformation(categories="kind", weight=3, half_at=5))
    weights = dict(zip([one for one in items if one != "soap"], found.side.weights, strict=True))
    # 3 * 5 / (5 + n): tea is in 15 baskets, jam in 10
    assert weights["tea"] == np.float32(15 / 20)
    assert weights["jam"] == np.float32(15 / 15)


def test_attributes_are_kept_with_their_events_and_are_the_vector_of_what_has_nothing_else():
    found = train()
    attributes = found.attributes
    # tea is in 15 baskets, jam in 10, lamp in 10
    counts = dict(zip(attributes, attributes.counts.tolist(), strict=True))
    assert counts == {
        "kind=food": 25, "kind=home": 10, "tags=green": 15, "tags=hot": 15, "tags=light": 10,
    }  # fmt: skip
    assert found.provenance.config["side_information"]["weight"] == 2


@pytest.mark.parametrize("engine", ["native", "reference"])
def test_a_weight_of_zero_gives_the_bytes_of_the_plain_model(engine):
    plain = train(None, None, engine=engine)
    zero = train(dataclasses.replace(SIDE, weight=0), engine=engine)
    assert zero.vectors.tobytes() == plain.vectors.tobytes()
    assert zero.context_vectors.tobytes() == plain.context_vectors.tobytes()
    assert zero.attributes is None


def test_the_order_of_the_table_does_not_matter():
    turned = ITEMS.take(pa.array([3, 1, 0, 2]))
    assert train(items=turned).vectors.tobytes() == train().vectors.tobytes()


def test_segments_are_numbered_and_those_without_one_are_together():
    found, items, _ = taken(x2vec.SideInformation(segment="market", segment_negative=3))
    segments = dict(zip(items, found.side.segments.tolist(), strict=True))
    assert segments["tea"] == segments["soap"]  # null, and not in the table
    assert len({segments["tea"], segments["jam"], segments["lamp"]}) == 3
    assert found.side.segment_negative == 3
    assert not found.side.n_attributes


def test_the_last_event_or_the_one_that_ends_a_sequence_is_context_to_all_of_it():
    last, _, _ = taken(x2vec.SideInformation(context="last"), items=None)
    assert last.side.ends.all()
    clicks = pa.table({"who": [1, 1, 2, 2], "what": list("abab"), "at": [1, 2, 3, 4],
                       "did": ["view", "buy", "view", "view"]})  # fmt: skip
    options = {"session": "who", "item": "what", "time": "at", "kind": "did"}
    sessions = x2vec.read("sessions", clicks, **options, ends=["buy"])
    booked, _, _ = taken(x2vec.SideInformation(context="ends"), sessions, None)
    assert booked.side.ends.tolist() == [True, False]


@pytest.mark.parametrize("how", [{"context": "last"}, {"segment": "market"}])
@pytest.mark.parametrize("engine", ["native", "reference"])
def test_it_trains_without_any_attribute(how, engine):
    found = train(x2vec.SideInformation(**how), None if "context" in how else ITEMS, engine=engine)
    assert found.attributes is None
    assert found.vectors.tobytes() != train(None, None, engine=engine).vectors.tobytes()


def test_ends_that_nobody_named_are_refused():
    with pytest.raises(ConfigError, match="no sequence ends in an event of a kind"):
        train(x2vec.SideInformation(context="ends"), None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "side information of nothing"),
        ({"categories": "kind", "weight": -1}, "weight is -1; it must be a number from 0 on"),
        ({"categories": "kind", "weight": float("nan")}, "weight is nan"),
        ({"categories": "kind", "half_at": 0}, "half_at is 0; it must be a number above 0"),
        ({"categories": "kind", "half_at": math.nan}, "half_at is nan"),
        ({"context": "first"}, "context is 'first'; it must be one of 'none', 'ends', 'last'"),
        ({"segment": "market", "segment_negative": 0}, "segment_negative is 0"),
        ({"categories": "kind", "tags": "kind"}, "named twice"),
    ],
)
def test_values_out_of_bounds_are_refused(fields, words):
    with pytest.raises(ConfigError, match=words):
        x2vec.SideInformation(**fields)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"items": None}, ConfigError, "names the columns 'kind', 'tags', and there is no item"),
        ({"side": None}, UsageError, "items came without side"),
        ({"items": ITEMS.drop_columns(["tags"])}, SourceError, "no column 'tags'"),
        ({"items": ITEMS.slice(3)}, SourceError, "describes none of the 4 items"),
        ({"engine": "gensim"}, ConfigError, "engine 'gensim' has no side information"),
    ],
)
def test_what_does_not_fit_is_refused(change, error, words):
    with pytest.raises(error, match=words):
        train(**change)


JOB = """
[source]
adapter = "baskets"
path = "baskets.parquet"
sequence = "basket"
item = "product"
[items]
path = "items.parquet"
[side_information]
categories = ["kind"]
[model]
vector_size = 4
epochs = 1
[training]
engine = "reference"
[evaluate]
split = "leave-last-out"
k = [2]
models = ["popularity"]
[publish]
store = "store"
evidence = false
"""


def job_in(directory, text=JOB):
    rows = [(n, item) for n, basket in enumerate(BASKETS) for item in basket]
    table = pa.table({"basket": [n for n, _ in rows], "product": [item for _, item in rows]})
    pq.write_table(table, directory / "baskets.parquet")
    pq.write_table(ITEMS, directory / "items.parquet")
    (directory / "job.toml").write_text(text)
    return directory / "job.toml"


def test_a_job_publishes_attributes_and_trains_again_when_they_change(tmp_path):
    path = job_in(tmp_path)
    assert x2vec.run(path).status == "published"
    found = x2vec.load(tmp_path / "store").attributes
    assert "kind=food" in found
    assert x2vec.run(path).status == "unchanged"
    path.write_text(JOB.replace('["kind"]', '["kind"]\nweight = 0.5'))
    assert x2vec.run(path).status == "published"


def test_a_job_is_evaluated_with_its_side_information(tmp_path):
    path = job_in(tmp_path)
    assert x2vec.evaluate(path).n_queries == 20


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('[items]\npath = "items.parquet"\n', "", "Add a section \\[items\\]"),
        ('"items.parquet"', '"items.parquet"\ncolumns = ["tags"]', "columns of \\[items\\] does"),
        ("[model]", '[model]\nkind = "SessionSoftmax"', "goes into SkipGram, not into Session"),
        ('engine = "reference"', 'engine = "gensim"', "has no side information"),
    ],
)
def test_a_job_whose_side_information_cannot_be_is_refused(tmp_path, old, new, words):
    path = job_in(tmp_path, JOB.replace(old, new))
    with pytest.raises(ConfigError, match=words):
        x2vec.run(path)
    assert not (tmp_path / "store").exists()


def test_a_check_names_a_column_that_the_item_table_lacks(tmp_path):
    path = job_in(tmp_path, JOB.replace('["kind"]', '["colour"]'))
    with pytest.raises(SourceError, match="no column 'colour'"):
        x2vec.check(path)


def test_a_job_with_side_information_is_not_tuned(tmp_path):
    with pytest.raises(ConfigError, match=r"\[side_information\] is not tuned"):
        x2vec.tune(job_in(tmp_path), trials=1)
