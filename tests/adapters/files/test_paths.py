"""What a path means: files, lists, globs, files inside packages."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from x2vec.adapters import IS_PATH, absolute_path, located
from x2vec.adapters.files.paths import find_files
from x2vec.errors import MissingPackageError, SourceError, UsageError


@pytest.fixture
def files(tmp_path):
    for name in ("b.csv", "a.csv", "odd[1].csv"):
        (tmp_path / name).touch()
    return tmp_path


def test_a_list_keeps_its_order_and_a_glob_is_sorted(files):
    listed = find_files([str(files / "b.csv"), files / "a.csv"])
    assert [file.name for file in listed] == ["b.csv", "a.csv"]
    assert [file.name for file in find_files(str(files / "?.csv"))] == ["a.csv", "b.csv"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(files):
    assert find_files(str(files / "odd[1].csv")) == [files / "odd[1].csv"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("*.parquet", r"\*\.parquet: no file matches"),
        ("c.csv", r"c\.csv: no such file\. Check the path"),
        ("no/such/c.csv", r"no such file; there is no directory .*/no\. Check"),
        (".", r"a directory\. Name its files, such as "),
    ],
)
def test_what_is_not_there_is_told_in_one_line(files, path, message):
    with pytest.raises(SourceError, match=message) as caught:
        find_files(str(files / path))
    assert "\n" not in str(caught.value)


def test_an_empty_list_is_no_path():
    with pytest.raises(UsageError, match="the list is empty"):
        find_files([])


def test_a_file_inside_a_package_is_found_without_importing_it(tmp_path, monkeypatch):
    package = tmp_path / "shop_data"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "data" / "orders.csv").touch()
    monkeypatch.syspath_prepend(tmp_path)
    expected = [package / "data" / "orders.csv"]
    assert find_files("package:shop_data/data/orders.csv") == expected
    assert find_files("package:shop-data/data/*.csv") == expected
    assert "shop_data" not in sys.modules


def test_a_package_that_is_not_installed_says_what_to_install():
    with pytest.raises(MissingPackageError, match="Run: pip install no-such-shop"):
        find_files("package:no_such_shop/orders.parquet")


@pytest.mark.parametrize(
    "path", ["package:json", "package:json/../os.py", "package:a.b/c.csv", "package:json//etc/motd"]
)
def test_a_path_that_is_not_inside_a_package_is_refused(path):
    with pytest.raises(UsageError, match=r"^package:"):
        find_files(path)


def test_paths_are_made_absolute_and_whatever_is_no_path_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert absolute_path(Path("a.csv"), tmp_path) == f"{tmp_path}/a.csv"
    assert absolute_path("~/a.csv", tmp_path) == "/home/ann/a.csv"
    table = object()
    for other in (None, table, 7, "s3://shop/a.csv", "postgresql://host/shop"):
        assert absolute_path(other, tmp_path) is other
    mixed = absolute_path([Path("a.csv"), "https://example.org/b.csv", None], tmp_path)
    assert mixed == [f"{tmp_path}/a.csv", "https://example.org/b.csv", None]


def test_relative_paths_become_absolute_and_package_paths_stay(tmp_path):
    paths = ["a.csv", "/b.csv", "package:shop/c.csv"]
    expected = [f"{tmp_path}/a.csv", "/b.csv", "package:shop/c.csv"]
    assert absolute_path(paths, tmp_path) == expected


def test_every_option_that_is_marked_as_a_path_is_located():
    @dataclass(frozen=True)
    class Options:
        path: object
        words: str | None = field(default=None, metadata=IS_PATH)
        other: str = "a.txt"

    made = located(Options(Path("a.txt"), "~/words.txt"), Path("/jobs"))
    assert made == Options(Path("/jobs/a.txt"), str(Path("~/words.txt").expanduser()), "a.txt")
    table = object()
    assert located(Options(table), Path("/jobs")) == Options(table)
