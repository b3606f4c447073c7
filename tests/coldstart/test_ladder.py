"""The parts of the ladder against slower oracles, and what is kept of it."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
from cold_worlds import clustered_world, shop_of
from scipy.sparse import csr_matrix

import x2vec
from x2vec.coldstart import ColdStart, with_ladder
from x2vec.coldstart.calibration import Calibration, calibration_error
from x2vec.coldstart.rungs.ridge import solve
from x2vec.errors import ConfigError


def test_ridge_solves_what_scikit_learn_solves():
    from sklearn.linear_model import Ridge

    draws = np.random.default_rng(0)
    sparse = csr_matrix((draws.random((80, 30)) < 0.2).astype(np.float32))
    dense = draws.normal(0, 1, (80, 5)).astype(np.float32)
    targets = draws.normal(0, 1, (80, 7)).astype(np.float32)
    trust = draws.random(80).astype(np.float32)
    ours = solve(sparse, dense, targets, trust, 2.0)
    both = np.hstack([sparse.toarray(), dense])
    theirs = Ridge(2.0, fit_intercept=False).fit(both, targets, sample_weight=trust).coef_.T
    assert ours == pytest.approx(theirs, abs=1e-3)


def test_calibration_finds_a_logistic_curve():
    draws = np.random.default_rng(0)
    found = draws.normal(0, 1, (20_000, 2))
    chances = 1 / (1 + np.exp(-(1 + 2 * found[:, 0])))
    happened = draws.random(20_000) < chances
    # 2,000 items a bin: what happens is off its chance by 0.011 at most
    assert np.abs(Calibration.fit(found, happened)(found) - chances).mean() < 0.011


def test_calibration_error_is_the_gap_between_promise_and_fact():
    chances = np.repeat([0.1, 0.9], 50)
    happened = np.repeat([True, True], 50)
    # ten bins: five promise 0.1 and five 0.9, and all of it happened: (0.9 + 0.1) / 2
    assert calibration_error(chances, happened) == pytest.approx(0.5)


def test_a_ladder_is_made_again_from_its_store_and_its_configuration(tmp_path):
    table, vectors, _ = clustered_world(300)
    rows = table.drop_columns(["item_id"])
    plain = shop_of(table, vectors)
    shop = x2vec.Embeddings(plain.items, plain.vectors, counts=plain.counts, metadata=rows)
    cold = ColdStart(categories="kind", rungs=("ridge", "category centroid"), seed=3)
    new = pa.table({"item_id": ["n"], "kind": ["lamp"]})
    once = cold.fit(shop, table).embed(new)
    shop.with_inferred(once).save(tmp_path / "store")
    again = ColdStart.of(cold.config()).fit(x2vec.load(tmp_path / "store")).embed(new)
    assert again.to_arrow().equals(once.to_arrow())


def test_an_encoder_without_a_name_is_not_kept_in_silence():
    with pytest.raises(ConfigError, match="which has no name to keep it by"):
        ColdStart(text="title", encoder=lambda texts: np.zeros((len(texts), 1))).config()


def test_a_configuration_of_another_version_is_refused():
    with pytest.raises(ConfigError, match="cold start has no 'magic'"):
        ColdStart.of({"text": "title", "magic": 1})


def test_a_choice_of_a_rung_that_is_not_there_is_refused():
    table, vectors, _ = clustered_world(60)
    shop = dataclasses.replace(shop_of(table, vectors), metadata=table.select(["kind"]))
    kept = with_ladder(
        shop.provenance, ColdStart(categories="kind", rungs="category centroid").fit(shop)
    )
    ladder = dict(kept.metrics["cold_start"])
    ladder["choices"] = [{**dict(ladder["choices"][0]), "order": [9]}]
    damaged = dataclasses.replace(kept, metrics={"cold_start": ladder})
    with pytest.raises(ConfigError, match="written by another version: ValueError order names"):
        ColdStart.ladder_of(dataclasses.replace(shop, provenance=damaged))


def test_embeddings_without_metadata_ask_for_the_table():
    table, vectors, _ = clustered_world(60)
    with pytest.raises(ConfigError, match="keep no metadata; give the item table"):
        ColdStart(categories="kind").fit(shop_of(table, vectors))


def test_the_report_tells_evidence_rungs_intervals_and_the_choice():
    table, vectors, _ = clustered_world(400)
    draws = np.random.default_rng(0)
    table = table.append_column("price", pa.array(draws.gamma(2, 5, 400)))
    rungs = ("ridge", "category centroid")
    cold = ColdStart(categories="kind", numbers="price", rungs=rungs)
    report = cold.fit(shop_of(table, vectors), table).report
    frame = report.to_pandas()
    kinds = ["attributes, numbers", "attributes", "numbers"]
    assert list(dict.fromkeys(frame["evidence"])) == kinds
    assert frame.groupby("evidence")["chosen"].sum().to_list() == [1, 1, 1]
    assert (frame["cosine_low"] <= frame["cosine"]).all()
    assert (frame["cosine"] <= frame["cosine_high"]).all()
    # prices are drawn whatever the kind, so they tell nothing
    by_price = frame[frame["evidence"] == "numbers"].set_index("rung")
    assert by_price["chosen"].to_dict()["catalogue centroid"]
    assert "chosen" in repr(report)
    assert "<table>" in report._repr_html_()


def test_recommendations_and_neighbours_take_inferred_items_like_any_other():
    table, vectors, _ = clustered_world(300)
    shop = shop_of(table, vectors, context=True)
    ladder = ColdStart(categories="kind", rungs="category centroid").fit(shop, table)
    new = pa.table({"item_id": ["n1", "n2"], "kind": ["lamp", "coat"]})
    everything = shop.with_inferred(ladder.embed(new))
    near = everything.similar("n1", k=3).item_id.to_pylist()
    kinds = dict(zip(table["item_id"].to_pylist(), table["kind"].to_pylist(), strict=True))
    assert [kinds[item] for item in near] == ["lamp"] * 3
    assert everything.context_vectors.shape == everything.vectors.shape
    found = x2vec.recommend(everything, [["n1"]], k=3)
    best = np.argsort(-(everything.context_vectors @ everything["n1"]))
    items = [item for item in everything.items.take(pa.array(best)).to_pylist() if item != "n1"]
    assert (found.item_id.to_pylist(), found.source.to_pylist()) == (items[:3], ["model"] * 3)
    of_new = x2vec.recommend(everything, [near], k=2, allow=["n1", "n2"])
    assert sorted(of_new.item_id.to_pylist()) == ["n1", "n2"]
