"""The job on UCI Online Retail, with fewer epochs: its counts, and what stands near what."""

import tomllib
from pathlib import Path

import pytest

import x2vec

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
CARD = ROOT / "datasets" / "online_retail" / "dataset.toml"

GREEN_TEACUP, TEACUPS = "22697", ["22697", "22698", "22699"]  # green, pink and roses


@pytest.fixture(scope="module")
def retail(tmp_path_factory):
    """Run pipelines/online_retail.toml with two epochs of vectors a quarter as long."""
    if not (DATA / "online-retail").exists():
        pytest.skip(f"needs {DATA / 'online-retail'}, which is no part of the project")
    folder = tmp_path_factory.mktemp("retail")
    (folder / "data").symlink_to(DATA)
    (folder / "pipelines").mkdir()
    job = folder / "pipelines" / "online_retail.toml"
    text = (ROOT / "pipelines" / job.name).read_text(encoding="utf-8")
    for old, new in {"epochs = 10": "epochs = 2", "vector_size = 64": "vector_size = 16"}.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    job.write_text(text, encoding="utf-8")
    report = x2vec.run(job)
    return report, x2vec.load(folder / "build" / "online_retail")


def test_the_lines_of_orders_are_read_and_accounted_for(retail):
    report, _ = retail
    counts = tomllib.loads(CARD.read_text(encoding="utf-8"))["counts"]
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
