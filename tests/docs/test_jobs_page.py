"""The page on the keys of a job says what the dataclasses say."""

import dataclasses
import json
import re
from pathlib import Path
from typing import get_args, get_type_hints

from x2vec.jobs import Job

PAGE = Path(__file__).parents[2] / "docs" / "jobs.md"


def keys_of(cls, prefix=""):
    """Give each key of a section with its default as the page writes it."""
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        inner = [kind for kind in (hints[field.name], *get_args(hints[field.name]))
                 if dataclasses.is_dataclass(kind)]  # fmt: skip
        if inner:
            yield from keys_of(inner[0], f"{prefix}{field.name}.")
        elif field.name != "options":
            default = field.default
            if field.default_factory is not dataclasses.MISSING:
                default = field.default_factory()
            word = {None: "none", dataclasses.MISSING: "needed"}
            is_word = default is None or default is dataclasses.MISSING
            yield prefix + field.name, word[default] if is_word else json.dumps(default)


def test_every_key_of_every_section_stands_on_the_page_with_its_default():
    said, section = {}, None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if len(cells) == 4 and cells[0] not in ("section", "---"):
            section = cells[0].strip("`[]") or section
            if cells[1].startswith("`"):
                assert cells[3], f"no explanation: {line}"
                key = f"{section}.{cells[1].strip('`')}".removeprefix("the job.")
                said[key] = cells[2].strip("`")
    assert said == dict(keys_of(Job))
