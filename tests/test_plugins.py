"""Plug-ins, found through the metadata of distributions that these tests write themselves."""

import importlib
from textwrap import dedent

import pytest

from x2vec import _plugins
from x2vec.adapters import open_events
from x2vec.errors import PluginError

ADAPTER = """
    from dataclasses import dataclass
    import pyarrow as pa

    @dataclass(frozen=True)
    class Options:
        n: int = 2

    class Counting:
        name = "counting"
        options = Options
        ordered = True

        def read(self, options):
            yield pa.RecordBatch.from_pydict(
                {"sequence_id": ["s"] * options.n, "item_id": list(range(options.n))}
            )
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a distribution with one module and one entry point, as an installer would."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(distribution, source, *, name="counting", target="Counting"):
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(dedent(source))
        info = tmp_path / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        (info / "entry_points.txt").write_text(f"[x2vec.adapters]\n{name} = {module}:{target}\n")
        importlib.invalidate_caches()

    return install


def test_an_installed_plug_in_is_an_adapter_like_any_other(install):
    assert "counting" not in _plugins.names(_plugins.ADAPTERS)  # found though looked for before
    install("shop-one", ADAPTER)
    assert _plugins.names(_plugins.ADAPTERS)["counting"] == "shop-one"
    (batch,) = open_events("counting", {"n": 3})
    assert batch.to_pydict() == {"sequence_id": ["s"] * 3, "item_id": [0, 1, 2]}


def test_a_close_name_is_suggested(install):
    install("shop-two", ADAPTER)
    with pytest.raises(PluginError, match="Did you mean 'counting'"):
        open_events("countin", {})


def test_two_plug_ins_of_one_name_are_both_named(install):
    install("shop-three", ADAPTER)
    install("shop-four", ADAPTER)
    with pytest.raises(PluginError, match=r"shop-four .* and shop-three .*Uninstall one"):
        open_events("counting", {})


@pytest.mark.parametrize(
    ("distribution", "source", "message"),
    [
        ("shop-five", "import no_such_module", "'counting' of shop-five does not load: ModuleNot"),
        ("shop-six", "Other = 1", "'counting' of shop-six does not load: AttributeError"),
        ("shop-seven", "class Counting: pass", "lacks name, options, ordered, read"),
        ("shop-eight", "def Counting(): 1 / 0", "cannot be made: ZeroDivisionError"),
        ("shop-nine", ADAPTER.replace("@dataclass(frozen=True)", ""), "options are no dataclass"),
    ],
)
def test_a_broken_plug_in_breaks_only_itself(install, distribution, source, message):
    install(distribution, source)
    with pytest.raises(PluginError, match=message):
        open_events("counting", {})
    assert open_events("baskets", {"path": "a.csv", "sequence": "s", "item": "i"}).ordered is False
    assert "counting" in _plugins.names(_plugins.ADAPTERS)


def test_the_built_in_adapters_come_by_the_same_road():
    names = _plugins.names(_plugins.ADAPTERS)
    assert names["events"] == names["baskets"] == "x2vec-engine"
