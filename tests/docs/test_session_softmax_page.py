"""The page on the session softmax says what its dataclass says."""

import dataclasses
import json
from pathlib import Path

from x2vec import SessionSoftmax

PAGE = Path(__file__).parents[2] / "docs" / "session_softmax.md"


def test_every_key_stands_on_the_page_with_its_default():
    rows = [line.split("|")[1:-1] for line in PAGE.read_text("utf-8").splitlines() if "| `" in line]
    said = {key.strip(" `"): json.loads(default.strip(" `")) for key, default, _ in rows}
    kind = said.pop("kind")
    assert kind == "SkipGram"
    fields = dataclasses.fields(SessionSoftmax)
    assert said == {field.name: field.default for field in fields}
