"""An explanation counts what stands in the sequences, and says what it rests on."""

import dataclasses
import html
import json
from math import log2

import numpy as np
import pyarrow as pa
import pytest

import x2vec
from x2vec.embeddings import Evidence, HeldPairs, Pairs
from x2vec.errors import UnknownItemError, UsageError

CARTS = [
    *[["hammer", "nails", "glue"]] * 6,
    *[["saw", "glue", "wood"]] * 6,
    *[["hammer", "wood"]] * 4,
    ["saw", "nails"],
]


@pytest.fixture(scope="module")
def tools():
    ids = [f"order {n}" for n in range(len(CARTS))]
    sequences = x2vec.Sequences.from_lists(CARTS, ids=ids, ordered=False)
    return x2vec.train(sequences, x2vec.SkipGram(vector_size=8), seed=1)


def test_it_says_how_often_two_were_together_and_where(tools):
    why = x2vec.explain(tools, "hammer", "nails")
    assert (why.together, why.at_most) == (6, 6)
    assert (why.sequences_a, why.sequences_b, why.n_sequences) == (10, 7, 17)
    assert why.examples == ("order 0", "order 1", "order 2")
    # meetings: hammer 6 * 2 + 4, nails 6 * 2 + 1; of 6 * 6 + 6 * 6 + 4 * 2 + 2 in all
    expected = 16 * 13 * (1 / (82 - 16) + 1 / (82 - 13)) / 2
    assert why.expected == pytest.approx(expected)
    assert why.lift == pytest.approx(6 / expected)
    assert why.pmi == pytest.approx(log2(6 / expected))
    assert not why.is_low


def test_it_names_what_goes_with_both(tools):
    why = x2vec.explain(tools, "hammer", "saw")
    assert (why.together, why.at_most, why.lift, why.pmi) == (0, 0, 0.0, None)
    # the saw has nails once, less than by chance; glue is in more than half of all: 6 of 6.2
    assert why.contexts == (("wood", 4, 6),)
    assert "never together" in str(why)


def test_low_support_is_flagged(tools):
    why = x2vec.explain(tools, "saw", "nails")
    assert (why.together, why.is_low) == (1, True)
    assert why.support == max(1, why.expected)
    assert "low support" in str(why)
    assert "low support" not in str(x2vec.explain(tools, "hammer", "nails"))


def test_a_pair_that_is_not_kept_has_a_bound_and_not_a_count():
    none = Pairs(np.zeros(3, np.int64), np.empty(0, np.int32), np.empty(0, np.int64))
    evidence = Evidence(
        n_sequences=900,
        reach=10,
        sequences=np.array([300, 200]),
        meetings=np.array([600, 400]),
        cut=np.array([9, 5]),
        at_most=np.array([20, 12]),
        source=HeldPairs(none, pa.array([], pa.large_list(pa.int64()))),
    )
    shop = x2vec.Embeddings(["tea", "jam"], np.eye(2), counts=[300, 200], evidence=evidence)
    why = x2vec.explain(shop, "tea", "jam")
    assert (why.together, why.at_most, why.examples, why.contexts) == (0, 12, (), ())
    assert "together in 12 at most, not among the pairs kept" in str(why)
    assert "lift" not in str(why)


def test_its_values_are_plain_and_its_text_is_safe(tools):
    why = x2vec.explain(tools, "hammer", "nails")
    plain = json.loads(json.dumps(why.to_dict()))
    assert plain["together"] == 6
    assert plain["examples"] == ["order 0", "order 1", "order 2"]
    shared = x2vec.explain(tools, "hammer", "saw").to_dict()["contexts"]
    assert shared == [{"item_id": "wood", "with_a": 4, "with_b": 6}]
    evil = dataclasses.replace(why, a="<script>\x1b[31m", examples=("</li>",))
    assert "<script>" not in evil._repr_html_()
    assert html.escape("<script>") in evil._repr_html_()
    assert "\x1b" not in str(evil)


def test_two_different_known_items_are_needed(tools):
    with pytest.raises(UsageError, match="two different items"):
        x2vec.explain(tools, "saw", "saw")
    with pytest.raises(UnknownItemError, match="hammer"):
        x2vec.explain(tools, "hammre", "saw")
