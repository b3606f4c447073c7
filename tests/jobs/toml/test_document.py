"""A file that is no TOML document says where and why, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from x2vec.errors import ConfigError
from x2vec.jobs.toml.document import parse_document, read_text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a]\nx = 1\ny = 2\n  x = 3\n", ":4:3: [a] x is given twice; first on line 2"),
        ("[a]\nx = 1\n[b]\n[a]\n", ":4:1: [a] is given twice; first on line 1"),
        ("a = {x = 1, x = 2}", ":1:13: [a] x is given twice; first on line 1"),
        ("a = '''\na = 1\n'''\na = 2", ":4:1: a is given twice; first on line 1"),
        ("a = 1\na.b = 2", ":2: a key is given twice, or both as a value and as a section"),
        ("[a]\nx = [1,\n2", ":2:1: [a] x: the list or table that starts here is not closed"),
        ('a = 1\nb = """x\n\n', ":2:1: b: the text in quotes that starts here is not closed"),
        ("item = product_id", ":1:8: expected a value after '='; text needs quotes"),
        ("item = 3 4", ":1:10: the line goes on after its value; text needs quotes"),
        ("\nitem 3", ":2:6: expected '=' after the key"),
        ("[source\nitem = 3", ":1:8: the section's name is not closed by its brackets"),
        ("= 3", ":1:1: expected key = value, or [section]"),
        ('a = "x\n', ":1:7: the text in quotes is not closed on its line"),
        ("a = [1 2]", ":1:8: expected ',' or ']' in the list"),
        (
            'path = "C:\\data"',
            ":1:11: a backslash inside double quotes starts an escape; "
            "write it twice, or put the text in single quotes",
        ),
    ],
)
def test_what_is_not_toml_says_line_column_and_reason(text: str, message: str):
    with pytest.raises(ConfigError) as raised:
        parse_document(text, name="orders.toml")
    assert str(raised.value) == f"orders.toml{message}"


def test_depth_and_digits_beyond_python_are_refused():
    with pytest.raises(ConfigError, match=r"^j: lists or tables are nested too deeply"):
        parse_document("a = " + "[" * 100_000, name="j")
    with pytest.raises(ConfigError, match=r"^j: not TOML: Exceeds the limit"):
        parse_document("a = " + "1" * 10_000, name="j")


def test_a_missing_file_suggests_the_closest_one(tmp_path: Path):
    (tmp_path / "orders.toml").touch()
    missing = tmp_path / "order.toml"
    with pytest.raises(ConfigError) as raised:
        read_text(missing)
    assert str(raised.value) == (
        f"no job file at {missing}; did you mean {tmp_path / 'orders.toml'}?"
    )


def test_a_missing_file_lists_what_is_there(tmp_path: Path):
    other = tmp_path / "else" / "x.toml"
    with pytest.raises(ConfigError) as raised:
        read_text(other)
    assert str(raised.value) == f"no job file at {other}; there is no directory {other.parent}"
    other.parent.mkdir()
    with pytest.raises(ConfigError) as raised:
        read_text(other)
    assert str(raised.value) == f"no job file at {other}; {other.parent} holds no .toml file"
    (other.parent / "night.toml").touch()
    (other.parent / "day.toml").touch()
    with pytest.raises(ConfigError) as raised:
        read_text(other)
    assert str(raised.value) == f"no job file at {other}; there are: day.toml, night.toml"


def test_a_directory_is_no_job(tmp_path: Path):
    (tmp_path / "night.toml").touch()
    with pytest.raises(ConfigError) as raised:
        read_text(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path} is a directory, not a job file; there are: night.toml"
    )


def test_text_that_is_not_utf8_names_the_line(tmp_path: Path):
    path = tmp_path / "job.toml"
    path.write_bytes("a = 1\nb = 'é'".encode("latin-1"))
    with pytest.raises(ConfigError) as raised:
        read_text(path)
    assert str(raised.value) == f"{path}:2: byte 0xe9 is not UTF-8; save the file as UTF-8"
    path.write_bytes("a = 1".encode("utf-16"))
    with pytest.raises(ConfigError) as raised:
        read_text(path)
    assert str(raised.value) == f"{path} is UTF-16; save it as UTF-8"


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path):
    path = tmp_path / "job.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert read_text(path) == "a = 1\n"
