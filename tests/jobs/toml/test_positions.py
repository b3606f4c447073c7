"""The line told for a key is the line where it was written, whatever stands around it."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.jobs.toml.positions import lines, scan


def lines_of(text: str) -> dict[str, int]:
    """Return the lines by dotted paths, for short."""
    found = lines(text, tomllib.loads(text))
    return {".".join(map(str, path)): line for path, line in found.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("\n# a = 1\na = 1 # b = 2", {"a": 3}),
        ("a = '''\nb = 1\n[c]\n'''\nd = 1", {"a": 1, "d": 5}),
        ('a = """\nb = "1"\\"""\n"""""\nd = 1', {"a": 1, "d": 4}),
        ("a = ''''''\nb = \"\"\"\"\"\"\nc = ''\nd = \"\"", {"a": 1, "b": 2, "c": 3, "d": 4}),
        ("a = '#'\nb = \"\\\"#\"\nc = 1", {"a": 1, "b": 2, "c": 3}),
        ("a = [ # [\n 1,\n 'x]',\n]\nb = 1", {"a": 1, "a.0": 2, "a.1": 3, "b": 5}),
        ("a.b.c = 1\na.d = 2", {"a": 1, "a.b": 1, "a.b.c": 1, "a.d": 2}),
        ("'a b' = 1\n\"\\u0063\" = 2\n1.2 = 3", {"a b": 1, "c": 2, "1": 3, "1.2": 3}),
        ("[a.b]\nx = 1\n[a]\ny = 2", {"a": 3, "a.b": 1, "a.b.x": 2, "a.y": 4}),
        ("a = {b = 1, c.d = [\n{e = 2}]}", {"a": 1, "a.b": 1, "a.c": 1, "a.c.d": 1,
                                           "a.c.d.0": 2, "a.c.d.0.e": 2}),
        ("[[a]]\nx = 1\n[[a]]\n[a.b]\nx = 2\n[[a.c]]", {"a": 1, "a.0": 1, "a.0.x": 2, "a.1": 3,
                                         "a.1.b": 4, "a.1.b.x": 5, "a.1.c": 6, "a.1.c.0": 6}),
        ("a = 1979-05-27 07:32:00 # day\nb = -inf", {"a": 1, "b": 2}),
        ("[ c . 'd' ] # [e]\nb = 0", {"c": 1, "c.d": 1, "c.d.b": 2}),
    ],
)  # fmt: skip
def test_the_line_of_a_key(text: str, expected: dict[str, int]):
    assert lines_of(text) == expected


def test_no_line_is_told_where_the_document_is_another():
    assert lines("a = 1\nb = 2", {"a": 1, "c": 2}) == {}


WORDS = ["item", "epochs", "a b", "é", "x.y", '"', "1"]
TRAPS = ["[model]", "epochs = 3", "# no", "'", '"', "]", "}", "\\", "x = '''", ""]

texts = st.lists(st.sampled_from(TRAPS), max_size=4).map("\n".join)
values = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "-inf", "1979-05-27 07:32:00", "0.5e3", "[]", "{}"]),
    texts.map(json.dumps),  # JSON's escapes are TOML's
    texts.map(lambda text: "'''" + text.replace("'", "") + "'''"),
    texts.map(lambda text: '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'),
    texts.map(lambda text: '[ 1, #' + text.replace("\n", " ") + "\n\n  {a.b = 'x'},\n]"),
)  # fmt: skip
keys = st.sampled_from(WORDS).map(
    lambda word: (word, word if word.isalnum() and word.isascii() else json.dumps(word))
)
blanks = st.lists(st.sampled_from(["", "  ", "# epochs = 1", "\t#[x] '''"]), max_size=2)


@given(st.data())
def test_each_key_stands_where_the_test_wrote_it(data: st.DataObject):
    written: list[str] = []
    expected: dict[tuple[str, ...], int] = {}

    def write(text: str) -> None:
        written.extend(text.split("\n"))

    for section in data.draw(st.permutations(["", "model", "items"])):
        if section:
            for blank in data.draw(blanks):
                write(blank)
            expected[(section,)] = len(written) + 1
            write(f"[{section}]")
        elif written:
            continue  # keys of no section come first or not at all
        for word, spelled in data.draw(st.lists(keys, unique=True)):
            for blank in data.draw(blanks):
                write(blank)
            path = (section, word) if section else (word,)
            expected[path] = len(written) + 1
            write(f"{spelled} = {data.draw(values)} # '''")
    text = "\n".join(written)
    found = lines(text, tomllib.loads(text))
    assert {path: found.get(path) for path in expected} == expected


SCRAPS = [
    *TRAPS,
    "[a]",
    "[[a]]",
    "[a.b]",
    "\n",
    "a",
    "b",
    ".",
    "=",
    " = 1",
    "1",
    ",",
    "[",
    "{",
    "''",
]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(SCRAPS), max_size=12).map("".join))
def test_the_scanner_follows_whatever_tomllib_reads_and_never_fails(text: str):
    found = scan(text).places
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert {path for path in found if len(path) == 1} == {(key,) for key in document}
    assert lines(text, document).keys() == found.keys()
