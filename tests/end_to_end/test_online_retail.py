"""The job on UCI Online Retail, with fewer epochs: its counts, and what stands near what."""

import pytest
from real_data import card_of, run_example

GREEN_TEACUP, TEACUPS = "22697", ["22697", "22698", "22699"]  # green, pink and roses


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    """Run pipelines/online_retail.toml with two epochs of vectors a quarter as long."""
    folder = tmp_path_factory.mktemp("retail")
    changes = {"epochs = 10": "epochs = 2", "vector_size = 64": "vector_size = 16"}
    return run_example("online_retail", folder, data="online-retail", changes=changes)


def test_the_lines_of_orders_are_read_and_accounted_for(retail):
    report, _ = retail
    counts = card_of("online_retail")["counts"]
    assert (report.read.rows_in, report.read.sequences_in) == (
        counts["lines_read"], counts["orders"],
    ) == (528_886, 20_538)  # fmt: skip
    removed = sum(removal.rows for removal in report.trained.removals)
    assert report.n_tokens + removed == counts["lines_read"]


def test_a_teacup_stands_near_those_of_other_colours(retail):
    _, embeddings = retail
    near = embeddings.similar([GREEN_TEACUP], k=5).to_arrow()["item_id"].to_pylist()
    assert set(TEACUPS) - {GREEN_TEACUP} <= set(near)


def test_hot_water_bottles_stand_near_each_other(retail):
    _, embeddings = retail
    said = embeddings.metadata["description"].to_pylist()
    bottles = {item for item, text in zip(embeddings, said, strict=True)
               if "HOT WATER BOTTLE" in (text or "")}  # fmt: skip
    found = embeddings.similar(sorted(bottles), k=10).to_pandas()
    chance = len(bottles) / len(embeddings)
    assert found.item_id.isin(bottles).mean() > 10 * chance


def test_each_product_has_one_description_and_no_code_is_a_fee(retail):
    _, embeddings = retail
    assert embeddings.metadata_of("85123A") == {"description": "WHITE HANGING HEART T-LIGHT HOLDER"}
    assert not {"POST", "DOT", "M", "D", "85123a"} & set(embeddings)
