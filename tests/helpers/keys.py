"""The keys of a TOML job: those of its dataclasses, and those that a page of the docs lists."""

import dataclasses
import json
import re
from typing import get_args, get_type_hints


def keys_of(cls, prefix=""):
    """Give each key of a section with its default as a page writes it."""
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


def keys_on(page):
    """Return each key of a page's table of keys, with its default; all have to be explained."""
    said, section = {}, None
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)][1:-1]
        if len(cells) == 4 and cells[0] not in ("section", "---"):
            section = cells[0].strip("`[]") or section
            if cells[1].startswith("`"):
                assert cells[3], f"no explanation: {line}"
                key = f"{section}.{cells[1].strip('`')}".removeprefix("the job.")
                said[key] = cells[2].strip("`").replace("\\|", "|")
    return said
