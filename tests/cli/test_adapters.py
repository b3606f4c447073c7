"""The list of adapters holds those that are broken too, each with what is wrong."""

import json
from importlib.metadata import EntryPoint

from typer.testing import CliRunner

from x2vec.cli.program import app


class Broken:
    def __init__(self):
        raise OSError("no licence")


def test_a_broken_plugin_breaks_only_itself(monkeypatch):
    from x2vec import _plugins

    class Offered(EntryPoint):
        def load(self):
            return {"broken": Broken, "odd": dict}[self.name]

    points = _plugins.entry_points
    odd = [Offered(name, "shop:Adapter", "x2vec.adapters") for name in ("broken", "odd")]
    monkeypatch.setattr(_plugins, "entry_points", lambda group: [*points(group=group), *odd])
    listed = json.loads(CliRunner().invoke(app, ["adapters", "--json"]).stdout)
    found = {one["name"]: one for one in listed}
    assert "no licence" in found["broken"]["error"]
    assert "options" in found["odd"]["error"]
    assert "error" not in found["baskets"]
