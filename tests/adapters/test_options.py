"""A plug-in that is no adapter is told by its name, its distribution, and all that it lacks."""

from dataclasses import dataclass
from importlib.metadata import EntryPoint

import pytest

from x2vec import _plugins
from x2vec.adapters import make_adapter
from x2vec.errors import PluginError


class Bare:
    """Nothing of an adapter."""


@dataclass(frozen=True)
class Unresolved:
    """Options whose annotation names what the module does not import."""

    path: "Path"  # noqa: F821


class Odd:
    name = ""
    options = Unresolved
    ordered = 1

    def read(self, options):
        return iter(())


class NeedsArguments:
    def __init__(self, url):
        self.url = url


class Distribution:
    name = "x2vec-playlists"


@pytest.fixture
def install(monkeypatch):
    def install(plug_in):
        class Point(EntryPoint):
            dist = Distribution()

            def load(self):
                return plug_in

        points = [Point("playlists", f"playlists:{plug_in.__name__}", _plugins.ADAPTERS)]
        monkeypatch.setattr(_plugins, "entry_points", lambda group: points)

    return install


@pytest.mark.parametrize(
    ("plug_in", "says"),
    [
        (Bare, ["breaks the protocol: it lacks name, options, ordered, read: "]),
        (Odd, ["name is ''", "ordered is 1", "fields of Unresolved cannot be looked up (name"]),
        (NeedsArguments, ["cannot be made: TypeError", "a class that takes no arguments"]),
    ],
)
def test_a_broken_plug_in_is_told_by_name_and_distribution_with_all_it_lacks(
    install, plug_in, says
):
    install(plug_in)
    with pytest.raises(PluginError) as caught:
        make_adapter("playlists")
    message = str(caught.value)
    assert message.startswith("The adapter 'playlists' of x2vec-playlists ")
    assert [part for part in says if part not in message] == []


def test_a_built_in_adapter_is_made_from_its_name():
    assert make_adapter("baskets").name == "baskets"
