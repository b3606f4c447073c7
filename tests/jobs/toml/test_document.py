"""A file that is no TOML document says where and why, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from x2vec.errors import ConfigError
from x2vec.jobs.toml.document import parse_document, read_text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[a]\nx = 1\ny = 2\n  x = 3\n", "4:8"),
        ("[a]\nx = 1\n[b]\n[a]\n", "4:3"),
        ("item = product_id", "1:8"),
        ("item = 3 4", "1:10"),
        ("\nitem 3", "2:6"),
        ("[source\nitem = 3", "1:8"),
        ('a = "x\n', "1:7"),
        ("a = [1 2]", "1:8"),
    ],
)
def test_what_is_not_toml_says_line_column_and_reason(text: str, where: str):
    with pytest.raises(ConfigError, match=rf"^orders\.toml:{where}: no TOML: [A-Z]\w+ ") as raised:
        parse_document(text, name="orders.toml")
    assert "\n" not in str(raised.value)


def test_text_without_quotes_is_told_to_get_them():
    with pytest.raises(ConfigError, match=r"^j:1:8: .*text needs quotes$"):
        parse_document("item = product_id", name="j")


def test_what_is_never_closed_says_so_without_a_line():
    with pytest.raises(ConfigError, match=r"^j: no TOML: .*\(at end of document\)$"):
        parse_document("[a]\nx = [1,\n2", name="j")


def test_depth_and_digits_beyond_python_are_refused():
    with pytest.raises(ConfigError, match=r"^j: lists or tables are nested too deeply"):
        parse_document("a = " + "[" * 100_000, name="j")
    with pytest.raises(ConfigError, match=r"^j: no TOML: Exceeds the limit"):
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
    path.write_bytes("a = 1".encode("utf-16-le") + b"\xff\xfe")
    with pytest.raises(ConfigError, match="byte 0xff is not UTF-8"):
        read_text(path)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path):
    path = tmp_path / "job.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert read_text(path) == "a = 1\n"
