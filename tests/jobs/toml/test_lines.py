"""The line told for a key is the line where it was written, whatever stands around it, or none."""

from __future__ import annotations

import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from x2vec.jobs.toml.lines import line_of


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("\n# a = 1\na = 1 # b = 2", "a", 3),
        ("a = '''\nb = 1\n[c]\n'''\nb = 1", "b", 5),
        ('a = """\nb = "1"\\"""\n"""""\nb = 1', "b", 4),
        ('a = \'#\'\nb = "\\"#"\nc = 1', "c", 3),
        ("a = [ # [\n 1,\n 'x]',\n]\nb = 1", "b", 5),
        ("[a]\nx = 1\n[b]\nx = 2", "b/x", 4),
        ('[ a . b ] # [e]\n"x y" = 0', "a/b/x y", 2),
        ("[a]\nb.c = 1", "a/b/c", 2),
        ("[a.b]\nx = 1\n[a]\ny = 2", "a", 3),
    ],
)
def test_the_line_of_a_key(text, path, line):
    tomllib.loads(text)  # it is TOML
    assert line_of(text, path.split("/")) == line


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[a]\nb = {c = 1}", "a/b/c"),  # no line begins with it
        ("[[a]]\nb = 1\n[[a]]\nb = 2", "a/b"),
        ("[a]\nb = 1\n[[a.c]]\nb = 2\n", "a/c/b"),
        ("[a]\n['b c']\nd = 1", "a/d"),
        ("a = [\n['b'],\n['b']\n]\nb = 1", "b"),  # the list could be a header
    ],
)
def test_no_line_is_told_where_it_is_not_plain(text, path):
    tomllib.loads(text)
    assert line_of(text, path.split("/")) is None


WORDS = ["item", "epochs", "a b", "é", "x.y", "1"]
TRAPS = ["[model]", "epochs = 3", "# no", "'", '"', "]", "}", "\\", "x = '''", ""]

texts = st.lists(st.sampled_from(TRAPS), max_size=4).map("\n".join)
values = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "-inf", "1979-05-27 07:32:00", "0.5e3", "[]", "{}"]),
    texts.map(json.dumps),  # JSON's escapes are TOML's
    texts.map(lambda text: "'''" + text.replace("'", "") + "'''"),
    texts.map(lambda text: '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""'),
    texts.map(lambda text: "[ 1, #" + text.replace("\n", " ") + "\n\n  {a.b = 'x'},\n]"),
)
keys = st.sampled_from(WORDS).map(
    lambda word: (
        word,
        word if word.isalnum() and word.isascii() else json.dumps(word, ensure_ascii=False),
    )
)
blanks = st.lists(st.sampled_from(["", "  ", "# epochs = 1", "\t#[x] '''"]), max_size=2)


@given(st.data())
def test_each_key_stands_where_the_test_wrote_it(data):
    written, expected = [], {}
    for section in data.draw(st.permutations(["model", "items"])):
        written += data.draw(blanks)
        expected[(section,)] = len(written) + 1
        written.append(f"[{section}]")
        for word, spelled in data.draw(st.lists(keys, unique=True)):
            written += data.draw(blanks)
            expected[section, word] = len(written) + 1
            written += f"{spelled} = {data.draw(values)} # '''".split("\n")
    text = "\n".join(written)
    tomllib.loads(text)
    assert {path: line_of(text, path) for path in expected} == expected
