"""Text files: encodings, byte order marks, and faults with their line."""

import pytest

from x2vec.adapters.files.names import short_names
from x2vec.adapters.files.text import check_encoding, open_text, text_errors
from x2vec.errors import SourceError, UsageError


def read(path, encoding="utf-8"):
    with text_errors(path, encoding), open_text(path, encoding) as text:
        return text.read()


def test_a_byte_order_mark_is_no_text_and_every_line_end_is_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffé\r\nb\rc".encode())
    assert read(path) == read(path, "UTF8") == "é\nb\nc"
    path.write_bytes("é".encode("cp1252"))
    assert read(path, "cp1252") == "é"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp500", "rot13", "hex", "", "none"])
def test_encodings_in_which_lines_cannot_be_told_are_refused(encoding):
    with pytest.raises(UsageError, match=f"encoding: '{encoding}' is none"):
        check_encoding(encoding)


def test_faults_are_told_with_file_line_and_encoding(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\nb\n\xe9")
    with pytest.raises(SourceError, match=r"a\.txt, line 3: not UTF-8 \(unexpected end of data\)"):
        read(path)
    with pytest.raises(SourceError, match=r"none\.txt: cannot be read"):
        read(tmp_path / "none.txt")


def test_names_are_cut_at_folders_and_not_inside_a_name():
    assert short_names(["/a/pop1.m3u", "/a/pop2.m3u"]) == ["pop1.m3u", "pop2.m3u"]
    assert short_names(["/a/b/x", "/a/x"]) == ["b/x", "x"]
    assert short_names(["s3://lists/x", "s3://lists/sub/x"]) == ["x", "sub/x"]
    assert short_names([]) == []
