"""The public surface is ``__all__``, and loading it costs next to nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

import x2vec

HEAVY = {
    "duckdb", "gensim", "implicit", "numba", "numpy", "pandas", "polars", "pyarrow", "pydantic",
    "rich", "scipy", "sklearn",
}  # fmt: skip


def test_every_public_name_loads_and_comes_from_the_room_that_exports_it():
    for name in x2vec.__all__:
        value = getattr(x2vec, name)
        home = sys.modules.get(x2vec._HOMES.get(name))
        assert name == "__version__" or value is getattr(home, name)
        assert name == "__version__" or name in home.__all__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'recomend'"):
        _ = x2vec.recomend


@pytest.mark.parametrize(
    "program",
    [
        "import x2vec",
        "import sys, x2vec.cli; sys.argv = ['x2vec', '--help']\n"
        "try: x2vec.cli.main()\nexcept SystemExit: pass",
    ],
    ids=["import x2vec", "x2vec --help"],
)
def test_nothing_heavy_loads_before_it_is_used(program):
    """Half a second is the promise; what could break it is a heavy package at import."""
    tell = (
        f"{program}\nimport resource, sys\n"
        "usage = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
        "print(usage.ru_utime + usage.ru_stime, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    modules, seconds = done.stderr.strip().splitlines()[-2:]
    assert not HEAVY & set(modules.split())
    assert float(seconds) < 0.5  # processor time, of which a busy machine takes no more


def test_data_sets_and_pipelines_are_folders_not_packages():
    root = Path(__file__).parents[2]
    assert not list(root.glob("datasets/**/*.py"))
    assert not list(root.glob("pipelines/**/__init__.py"))
