"""The clicks of a web shop, by their own job: products stand near those looked at beside them."""

import tomllib

import numpy as np
import pytest
from real_data import ROOT, card_of, run_example

import x2vec


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Run the job on fewer epochs, in a folder of its own; return its report and its clicks."""
    folder = tmp_path_factory.mktemp("shop")
    changes = {"epochs = 20": "epochs = 5"}
    report, _ = run_example("yoochoose", folder, data="yoochoose-100k", changes=changes)
    source = tomllib.loads((ROOT / "pipelines/yoochoose.toml").read_text("utf-8"))["source"]
    path = (folder / "pipelines" / source.pop("path")).resolve()
    return report, x2vec.read(source.pop("adapter"), str(path), **source)


def test_the_card_counts_what_is_read(shop):
    report, clicks = shop
    counts = card_of("yoochoose_100k")["counts"]
    assert report.read.rows_in == counts["clicks"] == 70_278
    assert report.read.sequences_in == counts["sessions"] == 17_794
    assert clicks.n_items == counts["items"] == 2_933
    removed = {removal.reason: removal.rows for removal in report.read.removals}
    assert removed["repeat of the item just before"] == 13_625
    assert report.read.rows_in == report.read.rows_out + sum(removed.values())


def test_a_product_s_neighbour_is_looked_at_in_the_same_sessions(shop):
    report, clicks = shop
    embeddings = x2vec.load(report.version)
    places = {item: place for place, item in enumerate(clicks.items.to_pylist())}
    sessions = np.repeat(np.arange(len(clicks)), clicks.lengths)

    def share(one, other):
        inside = [set(sessions[clicks.codes == places[item]]) for item in (one, other)]
        return bool(inside[0] & inside[1])

    often = embeddings.items.to_pylist()[:50]
    nearest = embeddings.similar(often, k=1).to_pandas()
    met = [share(*pair) for pair in zip(nearest["query_id"], nearest["item_id"], strict=True)]
    chance = np.random.default_rng(0).choice(embeddings.items.to_pylist(), 50)
    met_by_chance = [share(*pair) for pair in zip(often, chance, strict=True)]
    assert np.mean(met) > 0.9
    assert np.mean(met_by_chance) < 0.5


def test_it_says_what_comes_next_better_than_what_is_clicked_most(shop):
    evaluation = shop[0].evaluation
    ours, popular = (evaluation.value("hr@20", model=m) for m in ("x2vec in-out", "popularity"))
    assert ours > 3 * popular
