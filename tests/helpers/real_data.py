"""Real data and the example jobs on them; tests skip where the data are not at hand."""

import tomllib
from pathlib import Path

import pytest

import x2vec

__all__ = ["ROOT", "card_of", "path_to", "run_example"]

ROOT = Path(__file__).parents[2]
_DATA = ROOT.parent / "shared" / "data"


def path_to(*parts):
    """Return the path of a file or folder of the real data."""
    path = _DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {path}, which is no part of the project")
    return path


def run_example(name, folder, *, data, changes=None):
    """Run pipelines/NAME.toml in a folder of its own, beside a link to the data.

    Args:
        name: The job's name, without its ending.
        folder: An empty folder.
        data: The folder of the data that it needs.
        changes: Lines to replace, so that it takes less work; each stands in the job once.

    Returns:
        What the run reported, and the embeddings that it published.
    """
    path_to(data)
    (folder / "pipelines").mkdir()
    (folder / "data").symlink_to(_DATA)
    text = (ROOT / "pipelines" / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in (changes or {}).items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    text = text.replace("workers = 2", "workers = 1")  # the same vectors whenever they are made
    job = folder / "pipelines" / f"{name}.toml"
    job.write_text(text, encoding="utf-8")
    report = x2vec.run(job)
    return report, x2vec.load(job.parent / tomllib.loads(text)["publish"]["store"])


def card_of(name):
    """Return what datasets/NAME/dataset.toml says; the job that it names is there."""
    folder = ROOT / "datasets" / name
    card = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))
    assert (folder / card["job"]).resolve().exists()
    return card
