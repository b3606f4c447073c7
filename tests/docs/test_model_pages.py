"""The pages on single models say what their dataclasses say."""

import dataclasses
import json
from pathlib import Path

import pytest

from x2vec import Elsa, SessionSoftmax

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("page", "model"), [("session_softmax", SessionSoftmax), ("elsa", Elsa)])
def test_every_key_stands_on_the_page_with_its_default(page, model):
    lines = (DOCS / f"{page}.md").read_text("utf-8").splitlines()
    rows = [line.split("|")[1:-1] for line in lines if "| `" in line]
    said = {key.strip(" `"): json.loads(default.strip(" `")) for key, default, _ in rows}
    kind = said.pop("kind")
    assert kind == "SkipGram"
    assert said == {field.name: field.default for field in dataclasses.fields(model)}
