"""Each view finds what it is for, not what the other is for, and nothing where there is nothing."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from brands import auc, brands

import x2vec
from x2vec.errors import UnknownItemError, UsageError
from x2vec.recommendation import Histories
from x2vec.similarity import Complements, Substitutes

MODELS = {
    "skip-gram": x2vec.SkipGram(vector_size=16, alpha=0.05),
    "session softmax": x2vec.SessionSoftmax(vector_size=16),
}
VIEWS = {"complements": Complements, "substitutes": Substitutes}


@pytest.fixture(scope="module")
def world():
    return brands(n_baskets=2000)


@pytest.fixture(scope="module", params=list(MODELS))
def trained(request, world):
    return x2vec.train(world.sequences, MODELS[request.param], seed=1)


def auc_of(view, world, truth, embeddings):
    items = embeddings.items.to_pylist()
    everyone = Histories.of(np.arange(len(items))[:, None], n_items=len(items))
    scores = VIEWS[view].of(embeddings).scores(everyone)
    is_true = np.array([[getattr(world, truth)(a, b) for b in items] for a in items])
    others = ~np.eye(len(items), dtype=bool)
    return auc(scores[others], is_true[others])


@pytest.mark.parametrize(("view", "swapped"), [list(VIEWS), list(VIEWS)[::-1]])
def test_a_view_finds_its_own_truth_and_not_that_of_the_other(view, swapped, world, trained):
    assert auc_of(view, world, view, trained) >= 0.9
    assert auc_of(view, world, swapped, trained) < 0.3


@pytest.mark.parametrize("name", list(MODELS))
@pytest.mark.parametrize("view", list(VIEWS))
def test_where_items_are_independent_a_view_finds_nothing(view, name):
    nothing = brands(n_baskets=2000, shuffled=True)
    embeddings = x2vec.train(nothing.sequences, MODELS[name], seed=1)
    # 288 true pairs among 9,120: a standard deviation of about .02, were pairs independent
    assert abs(auc_of(view, nothing, view, embeddings) - 0.5) < 0.1


def test_the_first_answers_are_brands_of_the_other_side_and_of_the_same(world, trained):
    one = "need 3 side 0 brand 1"
    goes_with = x2vec.complements(trained, one, k=4)
    instead = x2vec.substitutes(trained, one, k=1)
    assert sorted(goes_with.item_id.to_pylist()) == [f"need 3 side 1 brand {b}" for b in range(4)]
    assert instead.item_id.to_pylist()[0] in [f"need 3 side 0 brand {b}" for b in (0, 2, 3)]
    assert goes_with.rank.to_pylist() == [1, 2, 3, 4]
    assert min(goes_with.score.to_pylist()) > 1  # at least so many times as often as by chance


def test_many_items_unknown_ones_and_filters_are_asked_as_in_similar(trained):
    side = [f"need 0 side 0 brand {b}" for b in range(4)]
    found = x2vec.substitutes(trained, [*side[:2], "?"], k=2, exclude=side[3], unknown="report")
    assert found.unknown == ("?",)
    assert found.query_id.to_pylist() == [side[0]] * 2 + [side[1]] * 2
    assert found.item_id.to_pylist()[0] in side[:3]
    assert side[3] not in found.item_id.to_pylist()
    only = x2vec.complements(trained, side[0], allow=side[1:])
    assert sorted(only.item_id.to_pylist()) == side[1:]
    rare = x2vec.complements(trained, side[0], k=100, where="item_id LIKE 'need 5%'")
    assert len(rare) == 8
    assert {one.partition(" side")[0] for one in rare.item_id.to_pylist()} == {"need 5"}
    with pytest.raises(UnknownItemError, match="need 0"):
        x2vec.complements(trained, "need 0 side 0 brand")
    with pytest.raises(UsageError, match="k is 0"):
        x2vec.substitutes(trained, side[0], k=0)


def test_answers_come_with_the_columns_of_the_item_table(trained):
    titled = dataclasses.replace(trained, metadata=pa.table({"title": trained.items}))
    found = x2vec.complements(titled, "need 0 side 0 brand 0", k=1).with_metadata()
    assert found.to_pandas()["title"].to_list() == found.item_id.to_pylist()


def test_without_evidence_the_error_says_to_train_again(trained):
    bare = dataclasses.replace(trained, evidence=None)
    one, other = bare.items[:2].to_pylist()
    for ask in (x2vec.complements, x2vec.substitutes):
        with pytest.raises(UsageError, match=r"keep no evidence.*Train again"):
            ask(bare, one)
    with pytest.raises(UsageError, match=r"keep no evidence.*Train again"):
        x2vec.explain(bare, one, other)
    with pytest.raises(UsageError, match="got dict; expected Embeddings"):
        x2vec.substitutes({}, one)


def test_complements_need_context_vectors_and_substitutes_do_not(trained):
    plain = dataclasses.replace(trained, context_vectors=None, query_matrix=None)
    with pytest.raises(UsageError, match="no context vectors"):
        x2vec.complements(plain, "need 0 side 0 brand 0")
    assert len(x2vec.substitutes(plain, "need 0 side 0 brand 0", k=3)) == 3


def test_a_store_gives_the_same_answers(trained, tmp_path):
    x2vec.publish(trained, tmp_path / "store")
    opened = x2vec.load(tmp_path / "store")
    for ask in (x2vec.complements, x2vec.substitutes):
        found, expected = (ask(one, trained.items[:5]).to_arrow() for one in (opened, trained))
        assert found.equals(expected)


def test_the_same_seed_counts_the_same_and_evidence_can_be_left_out(world):
    model = x2vec.SkipGram(vector_size=4, epochs=1)
    one, other = (x2vec.train(world.sequences, model) for _ in range(2))
    assert one.evidence.pairs.counts.tolist() == other.evidence.pairs.counts.tolist()
    assert x2vec.train(world.sequences, model, evidence=False).evidence is None


def test_an_update_adds_what_the_new_sequences_say():
    old = [["hammer", "nails"], ["hammer", "nails", "tape"], ["tape", "paint"]]
    new = [["hammer", "nails"], ["hammer", "glue"], ["glue", "paint"]]
    carts, more = (x2vec.Sequences.from_lists(some, ordered=False) for some in (old, new))
    before = x2vec.train(carts, x2vec.SkipGram(vector_size=4))
    after = x2vec.update(before, more).embeddings
    together = x2vec.explain(after, "hammer", "nails")
    assert (together.together, together.n_sequences, together.sequences_a) == (3, 6, 4)
    assert x2vec.explain(after, "glue", "hammer").together == 1
    assert x2vec.explain(after, "tape", "paint").examples == (2,)
    bare = dataclasses.replace(before, evidence=None)
    assert x2vec.update(bare, more).embeddings.evidence is None


def test_an_update_with_sequences_of_another_kind_keeps_no_evidence():
    carts = x2vec.Sequences.from_lists([["tea", "milk"], ["tea", "jam"]], ordered=False)
    clicks = x2vec.Sequences.from_lists([["tea", "milk"], ["tea", "jam"]])
    heard = []
    before = x2vec.train(carts, x2vec.SkipGram(vector_size=4))
    after = x2vec.update(before, clicks, listen=heard.append)
    assert after.embeddings.evidence is None
    assert any("1,000 steps apart" in getattr(event, "text", "") for event in heard)
