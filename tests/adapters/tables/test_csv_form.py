"""CSV files as they are found: without a header, in other encodings, with other delimiters."""

import gzip

import pytest

from x2vec.adapters import local_copies, open_events, open_tables, read_table
from x2vec.adapters.tables.csv_form import CsvForm
from x2vec.errors import SourceError, UsageError


def rows_of(path, **options):
    (table,) = open_tables(str(path), **options)
    return [tuple(row.values()) for b in table.batches(table.columns) for row in b.to_pylist()]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_the_header_names_the_columns_of_a_file_without_one(tmp_path):
    path = written(tmp_path / "a.csv", "u1,007\nu2,8\n")
    options = {"path": str(path), "header": ["user", "film"], "sequence": "user", "item": "film"}
    (batch,) = open_events("events", options)
    assert batch.to_pydict() == {"sequence_id": ["u1", "u2"], "item_id": ["007", "8"]}
    assert rows_of(written(tmp_path / "b.csv", ""), header=["user", "film"]) == []


def test_a_header_that_the_file_has_already_is_told(tmp_path):
    path = written(tmp_path / "a.csv", "user,film\nu1,007\n")
    with pytest.raises(SourceError, match=r"a\.csv: the first line holds the names .*Leave header"):
        rows_of(path, header=["user", "film"])


def test_a_line_of_another_width_than_the_header_is_named(tmp_path):
    path = written(tmp_path / "a.csv", "u1,007\nu2\n")
    with pytest.raises(SourceError, match=r"a\.csv, line 2: found 1 columns, expected 2 as in"):
        rows_of(path, header=["user", "film"])
    with pytest.raises(SourceError, match=r"a\.csv, line 1: found 2 columns, expected 3 as in"):
        rows_of(path, header=["user", "film", "at"])


@pytest.mark.parametrize("delimiter", ["::", "||", "\t", ";", "\x1f", "§", "abcd"])
def test_any_delimiter_of_one_to_four_bytes_divides(tmp_path, delimiter):
    lines = [["id", "title: a"], ["1", "x:y"], ["2", ""], ["", "ä"]]
    path = written(tmp_path / "a.csv", "\n".join(delimiter.join(line) for line in lines))
    assert rows_of(path, delimiter=delimiter) == [tuple(line) for line in lines[1:]]
    table = read_table(path, delimiter=delimiter, columns=["title: a"])
    assert table.column_names == ["title: a"]


def test_nothing_is_quoted_where_the_delimiter_has_several_characters(tmp_path):
    path = written(tmp_path / "a.dat", '1::"Best" of ""::7\n2::"::8\n')
    expected = [("1", '"Best" of ""', "7"), ("2", '"', "8")]
    assert rows_of(path, format="csv", delimiter="::", header=["id", "title", "n"]) == expected


def test_quotes_may_be_none_or_others(tmp_path):
    path = written(tmp_path / "a.csv", "id,title\n1,\"a\n2,'b,''c'\n")
    assert rows_of(written(tmp_path / "b.csv", 'id,title\n1,"a\n'), quote="") == [("1", '"a')]
    assert rows_of(path, quote="'") == [("1", '"a'), ("2", "b,'c")]
    with pytest.raises(SourceError, match=r'a\.csv, line 2: a quoted text .*or set quote = ""'):
        rows_of(path)
    both = written(tmp_path / "c.csv", 'id::title\n1::"a::b"\n')
    assert rows_of(both, delimiter="::", quote='"') == [("1", "a::b")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig", "shift_jis"])
def test_every_encoding_of_python_is_read(tmp_path, encoding):
    word = {"cp1252": "“café” €", "shift_jis": "七人の侍"}.get(encoding, "Misérables, Les")
    text = f'id,title,"né"\n1,"{word}",\n'.replace("né", "né" if encoding != "shift_jis" else "ne")
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.encode(encoding)))
    with local_copies():
        assert rows_of(path, encoding=encoding) == [("1", word, "")]
    assert read_table(path, encoding=encoding)["title"].to_pylist() == [word]


def test_a_file_in_another_encoding_than_said_names_the_line(tmp_path):
    path = written(tmp_path / "a.csv", "id,title\n" + "1,b\n" * 300_000 + "2,é\n", "latin-1")
    with pytest.raises(SourceError, match=r"a\.csv, line 300002: not ascii .*Set encoding"):
        rows_of(path, encoding="ascii")
    with pytest.raises(SourceError, match=r"a\.csv, line 300002: not UTF-8\. Set encoding"):
        rows_of(path)


def test_a_query_sees_the_columns_of_such_a_file(tmp_path):
    path = written(tmp_path / "films.dat", "1::Été\n2::Rain Man\n", "latin-1")
    options = {
        "path": str(path), "format": "csv", "delimiter": "::", "encoding": "latin-1",
        "header": ["id", "title"], "sequence": "id", "item": "title",
        "sql": "SELECT * FROM source WHERE id = '1'",
    }  # fmt: skip
    (batch,) = open_events("events", options)
    assert batch.to_pydict() == {"sequence_id": ["1"], "item_id": ["Été"]}


def test_a_damaged_file_in_another_encoding_is_refused_before_a_row_is_read(tmp_path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(("id\n" + "é\n" * 10_000).encode("latin-1"))[:-9])
    with pytest.raises(SourceError, match=r"a\.csv\.gz: cannot be read .*Copy it again"):
        open_tables(path, encoding="latin-1")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"delimiter": ""}, "delimiter: expected one to 4"),
        ({"delimiter": "12345"}, "delimiter: expected one to 4"),
        ({"delimiter": "\n"}, "delimiter: expected one to 4"),
        ({"quote": ","}, "quote: expected one ASCII character other than the delimiter"),
        ({"quote": "”"}, "quote: expected one ASCII character"),
        ({"encoding": "base64"}, "encoding: nobody here knows 'base64'"),
        ({"encoding": "no\0such"}, "encoding: nobody here knows"),
        ({"header": []}, "header: expected the names of the columns"),
        ({"header": ["a", ""]}, "header: expected the names of the columns"),
        ({"header": "ab"}, "header: expected the names of the columns"),
    ],
)
def test_a_form_out_of_bounds_is_told(form, message):
    with pytest.raises(UsageError, match=message):
        CsvForm(**form)
