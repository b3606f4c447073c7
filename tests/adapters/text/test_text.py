"""Text becomes words: what a token and a sequence are, and that in = out + left out."""

import gzip
import zipfile
from collections import Counter

import pytest

import x2vec
from x2vec.adapters import open_events
from x2vec.adapters.text import TextAdapter, TextOptions
from x2vec.errors import SourceError, UsageError
from x2vec.testing import check_adapter


@pytest.fixture
def written(tmp_path):
    """Write text or bytes to a file of the folder, and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return write


@pytest.fixture
def packed(tmp_path):
    """Write files into a .zip, and return its path."""

    def write(files, name="words.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, content in files.items():
                archive.writestr(inside, content)
        return str(tmp_path / name)

    return write


def read(path, **options):
    """Return the tokens of each sequence, and the events that told them."""
    events = open_events("text", {"path": path, **options})
    lists = {}
    for batch in events:
        for row in batch.to_pylist():
            lists.setdefault(row["sequence_id"], []).append(row["item_id"])
    assert events.rows_read == sum(map(len, lists.values())) + sum(events.left_out.values())
    assert events.set_aside == {}
    return lists, events


def words(written, text, **options):
    return [" ".join(tokens) for tokens in read(written("a.txt", text), **options)[0].values()]


POEM = "Tyger, tyger -\nburning BRIGHT,\n\n  \nin the\nforests.\n"


def test_lines_are_sequences_numbered_as_in_the_file(written):
    assert read(written("a.txt", POEM))[0] == {
        1: ["tyger", "tyger"],
        2: ["burning", "bright"],
        5: ["in", "the"],
        6: ["forests"],
    }


def test_blank_lines_stand_between_paragraphs(written):
    paragraphs = words(written, POEM, sequence="paragraph")
    assert paragraphs == ["tyger tyger burning bright", "in the forests"]


def test_documents_go_by_their_names_also_beside_empty_ones(written, tmp_path):
    for name, text in (("a.txt", POEM), ("b.txt", ""), ("c.txt", "one\n\ntwo")):
        written(name, text)
    lists, _ = read(str(tmp_path / "*.txt"), sequence="document")
    assert list(lists) == ["a.txt", "c.txt"]
    assert lists["c.txt"] == ["one", "two"]


def test_numbers_of_sequences_go_on_through_the_files(written):
    paths = [written("b.txt", "x y\nz\n"), written("a.txt", "u")]
    assert list(read(paths)[0].items()) == [(1, ["x", "y"]), (2, ["z"]), (3, ["u"])]


NAMASTE = "\u0928\u092e\u0938\u094d\u0924\u0947"  # with vowel signs, which are marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't. Don\u2019t well-known x--y", ["don't don\u2019t well-known x y"]),
        ("1,000.50 of 3.5kg, 1950s", ["1,000.50 of 3.5 kg 1950s"]),
        ("snake_case e-mail@host", ["snake case e-mail host"]),
        ("cafe\u0301 \u0928\u092e\u0938\u094d\u0924\u0947!", [f"cafe\u0301 {NAMASTE}"]),
        ("\u05e9\u05dc\u05d5\u05dd, ÄÖ STRASSE", ["\u05e9\u05dc\u05d5\u05dd äö strasse"]),
        ("... 😀 -- !", []),
    ],
)  # fmt: skip
def test_words_are_runs_of_letters_marks_and_digits_of_any_script(written, text, expected):
    assert words(written, text) == expected


def test_between_blanks_everything_is_a_token(written):
    text = " A,b\u00a0c\t😀  d-\n"
    assert words(written, text, tokens="whitespace", lowercase=False) == ["A,b c 😀 d-"]


def test_a_pattern_says_what_a_token_is(written):
    assert words(written, "#Tag and #two", pattern="#[a-zA-Z]+") == ["#tag #two"]
    assert words(written, "😀x😀", pattern="[^a-z]") == ["😀 😀"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("[a-z]*", r"'\[a-z\]\*' matches where there is nothing; use \+"),
        (r"\b", "matches where there is nothing"),
        ("(", "no regular expression of RE2"),
        ("(?=a)b", "no looking ahead or behind"),
    ],
)
def test_patterns_that_are_none_or_match_nothing_are_refused(written, pattern, message):
    with pytest.raises(UsageError, match=message):
        words(written, "a", pattern=pattern)


def test_a_pattern_that_would_run_away_in_python_does_not(written):
    assert words(written, "a" * 5000 + "!", pattern="(?:a+)+b|(?:a|aa)+$|!") == ["!"]


def test_tags_are_cut_off_at_the_last_sign(written):
    text = "The/at 1/2/cd ``/`` and/or/cc plain ,/, /nn\n"
    lists, events = read(written("a", text), tagged="/", drop_punctuation=True)
    assert lists == {1: ["the", "1/2", "and/or", "plain"]}
    assert events.left_out == {"empty token": 1, "token is punctuation": 2}


def test_each_token_that_is_dropped_is_counted_once_for_the_first_rule_that_it_breaks(written):
    text = "The cat sat on 42 mats , 3.5% ; antidisestablishmentarianism I\n"
    lists, events = read(
        written("a.txt", text),
        tokens="whitespace",
        drop_numbers=True,
        drop_punctuation=True,
        min_chars=2,
        max_chars=10,
        stop_words=["THE"],
        stop_words_file=written("stop.txt", "on\n\nI\n"),
    )
    assert lists == {1: ["cat", "sat", "mats"]}
    assert events.left_out == {
        "token is a number": 2,
        "token is punctuation": 2,
        "token shorter than 2": 1,
        "token longer than 10": 1,
        "stop word": 2,
    }


def test_emoji_are_no_punctuation_and_letters_with_digits_no_number(written):
    text = "😀 :-) £ 1950s 50%"
    options = {"tokens": "whitespace", "drop_punctuation": True, "drop_numbers": True}
    assert words(written, text, **options) == ["😀 1950s"]


def test_nothing_but_dropped_tokens_is_still_counted(written):
    lists, events = read(written("a.txt", "1 2 3"), drop_numbers=True)
    assert (lists, events.left_out) == ({}, {"token is a number": 3})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["one", "two", "three", "four"]),
        ('He said "no." Then he left.', ["he said no", "then he left"]),
        ('"Really?" she asked. (Yes.) Oh', ["really she asked", "yes", "oh"]),
        ("Dr. No met J. R. Smith of the U.S. Army.", ["dr no met j r smith of the u s army"]),
        ("At 3.30 p.m. it rained... and stopped.", ["at 3.30 p m it rained and stopped"]),
        ("Version 2.0. Next", ["version 2.0", "next"]),
        ("Ende. Älter? übrig.", ["ende", "älter übrig"]),
        ("\u4f60\u597d\u3002\u518d\u89c1\u3002", ["\u4f60\u597d", "\u518d\u89c1"]),
    ],
)
def test_sentences_end_at_marks_but_not_at_abbreviations_or_before_small_letters(
    written, text, expected
):
    assert words(written, text, sentences=True) == expected


def test_sentences_go_on_over_lines_in_paragraphs_and_end_with_them(written):
    text = "One goes\non. Two\n\nThree"
    assert words(written, text, sentences=True) == ["one goes", "on", "two", "three"]
    expected = ["one goes on", "two", "three"]
    assert words(written, text, sentences=True, sequence="paragraph") == expected


def test_a_file_of_many_chunks_gives_the_tokens_of_its_lines(written):
    """The oracle is Python's own splitting of lines; chunks end wherever they happen to."""
    lines = [" ".join(f"w{(i * j) % 997:018}" for j in range(i % 40)) + "." for i in range(9_000)]
    text = "\r\n".join(lines)
    path = written("a.txt", text)
    expected = {n: line.split() for n, line in enumerate(lines, start=1) if line != "."}
    options = {"tokens": "whitespace", "lowercase": False}
    found, events = read(path, **options)
    assert len(text) > 2 << 20
    assert {n: tokens for n, tokens in found.items() if tokens != ["."]} == expected
    assert events.rows_read == sum(len(line.split()) for line in lines)
    paragraphs = text.replace("\r\n", "\n\n")
    apart, _ = read(written("b.txt", paragraphs), sequence="paragraph", **options)
    assert list(apart.values()) == list(found.values())
    whole, _ = read(path, sequence="document", **options)
    assert whole["a.txt"] == text.split()
    sentences, _ = read(path, sentences=True, sequence="document", **options)
    assert [token for tokens in sentences.values() for token in tokens] == text.split()


def test_one_line_of_a_million_tokens_is_read_whole_in_flat_memory(written):
    path = written("a.txt", " ".join(map(str, range(1_000_000))))
    events = open_events("text", {"path": path})
    n_tokens, largest = 0, 0
    for batch in events:
        largest = max(largest, batch.num_rows)
        n_tokens += batch.num_rows
        assert batch.column("sequence_id").unique().to_pylist() == [1]
    assert (n_tokens, largest) == (1_000_000, 100_000)
    assert batch.column("item_id")[-1].as_py() == "999999"


def test_what_has_no_blank_for_sixteen_million_signs_is_no_text(written):
    with pytest.raises(SourceError, match="signs without a blank between; is it text"):
        read(written("a.txt", b"a" * (20 << 20)))


def test_files_inside_a_zip_are_documents_sorted_by_name(packed):
    path = packed({"brown/cb01": "b/x", "brown/ca01": "a/x\n", "brown/README": "no", "other": "n"})
    options = {"inside": "brown/c*", "tagged": "/"}
    assert read(path, **options)[0] == {1: ["a"], 2: ["b"]}
    named, _ = read(path, sequence="document", **options)
    assert named == {"ca01": ["a"], "cb01": ["b"]}
    assert len(read(path)[0]) == 4


def test_a_zip_that_is_none_or_holds_nothing_of_that_name_is_named(packed, written, tmp_path):
    with pytest.raises(SourceError, match=r"no file matches inside = 'x\*'; found a"):
        read(packed({"a": "a"}), inside="x*")
    with pytest.raises(SourceError, match=r"words\.zip: no file matches inside = None; found noth"):
        read(packed({}))
    with pytest.raises(SourceError, match=r"b\.zip: not a sound \.zip file"):
        read(written("b.zip", "PK"))
    data = bytearray((tmp_path / packed({"a": "some words " * 99}, "c.zip")).read_bytes())
    data[40] ^= 255
    with pytest.raises(SourceError, match=r"c\.zip, a: cannot be unpacked"):
        read(written("c.zip", bytes(data)))


@pytest.mark.parametrize("inside", [False, True])
def test_a_foreign_byte_is_named_with_file_and_line(written, packed, inside):
    data = (b"o" * 999 + b"\n") * 1_500 + b"caf\xe9\n" + b"two\n" * 10
    path = packed({"x.txt": data}) if inside else written("x.txt", data)
    name = r"words\.zip, x\.txt" if inside else r"x\.txt"
    with pytest.raises(SourceError, match=f"adapter 'text': .*{name}, line 1,501: not UTF-8"):
        read(path)
    assert read(path, encoding="latin-1")[0][1_501] == ["café"]


def test_packed_files_and_byte_order_marks_are_read(written):
    data = "\ufeffcafé au\nlait".encode()
    assert read(written("a.txt.gz", gzip.compress(data)))[0] == {1: ["café", "au"], 2: ["lait"]}
    with pytest.raises(SourceError, match=r"b\.txt\.gz: cannot be read"):
        read(written("b.txt.gz", gzip.compress(data)[:-9]))


ADS = ["new york city is big", "i love new york city", "the big new city is york"] * 10


def test_phrases_are_joined_and_the_joined_tokens_are_counted(written):
    """Counted by hand: new and york stand in 30 lines, and york after new in 20 of them."""
    path = written("a.txt", "\n".join(ADS))
    n_words, n_pairs = 8, 10  # different ones
    score = (20 - 5) * (n_words + n_pairs) / (30 * 30)
    options = {"phrases": 1, "phrase_min_count": 5}
    just_below, _ = read(path, phrase_threshold=score * 0.999, **options)
    at_it, _ = read(path, phrase_threshold=score, **options)
    assert just_below[1][0] == "new_york"
    assert at_it[1][:2] == ["new", "york"]
    lists, events = read(path, phrase_threshold=score * 0.999, **options)
    joined = sum(token.count("_") for tokens in lists.values() for token in tokens)
    assert events.left_out == {"token joined to the one before as a phrase": joined}
    assert events.rows_read == sum(len(line.split()) for line in ADS)


def test_more_passes_make_longer_phrases_also_where_words_hold_the_sign_that_joins(written):
    lines = [f"x{n} tic_tac toe game x{n + 1}" for n in range(50)]
    options = {"phrase_min_count": 2, "phrase_threshold": 2.0, "tokens": "whitespace"}
    path = written("a.txt", "\n".join(lines))
    once, _ = read(path, phrases=1, **options)
    twice, events = read(path, phrases=2, **options)
    assert once[1][1:3] == ["tic_tac_toe", "game"]
    assert twice[1][1] == "tic_tac_toe_game"
    assert events.left_out["token joined to the one before as a phrase"] == 100


def test_phrases_do_not_reach_over_the_end_of_a_sequence(written):
    path = written("a.txt", "a b\nb c\n" * 20)
    lists, _ = read(path, phrases=1, phrase_min_count=1, phrase_threshold=0.01)
    assert Counter(" ".join(tokens) for tokens in lists.values()) == {"a_b": 20, "b_c": 20}


def test_text_keeps_the_protocol_with_phrases_and_without(written, packed):
    path = packed({"a.txt": "\n".join(ADS)})
    check_adapter(TextAdapter, TextOptions(path), expected_rows=10 * (5 + 5 + 6))
    check_adapter(TextAdapter, TextOptions(path, phrases=2, phrase_threshold=0.1))
    check_adapter(TextAdapter, TextOptions(path, sequence="document"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sequence": "page"}, "sequence: expected one of 'line', 'paragraph', 'document', got"),
        ({"tokens": "chars"}, "tokens: expected one of 'words', 'whitespace'"),
        ({"encoding": "utf-16"}, "encoding: 'utf-16' is none that lines can be read in"),
        ({"encoding": "klingon"}, "encoding: 'klingon' is none"),
        ({"pattern": "a", "tagged": "/"}, "set one of them"),
        ({"tagged": " "}, "tagged: expected a sign such as '/'"),
        ({"tagged": "/", "sentences": True}, "sentences cannot be told where words are tagged"),
        ({"min_chars": 0}, "min_chars is 0; it must be at least 1"),
        ({"min_chars": 3, "max_chars": 2}, "max_chars is 2; it must be at least min_chars, 3"),
        ({"phrases": -1}, "phrases is -1"),
        ({"phrases": 9}, "phrases is 9; it must be at most 5"),
        ({"phrase_threshold": 0.0}, "phrase_threshold is 0.0; it must be above 0"),
        ({"stop_words": "the"}, "stop_words: expected a list of words, got 'the'"),
    ],
)
def test_options_out_of_bounds_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        TextOptions("a.txt", **options)


def test_a_missing_file_of_stop_words_stops_before_anything_is_read(written):
    with pytest.raises(SourceError, match=r"no\.txt: no such file"):
        read(written("a.txt", "a"), stop_words_file="no.txt")


def test_a_job_finds_its_stop_words_beside_itself_and_conserves_the_counts(written, tmp_path):
    written("poem.txt", "the cat and the dog\nthe dog and a cat\n" * 5)
    written("stop.txt", "the\nand\n")
    job = written(
        "job.toml",
        """
        [source]
        adapter = "text"
        path = "poem.txt"
        stop_words = ["a"]
        stop_words_file = "stop.txt"
        [model]
        vector_size = 4
        sample = 0
        epochs = 1
        [publish]
        store = "store"
        """,
    )
    report = x2vec.run(job)
    assert set(x2vec.load(tmp_path / "store")) == {"cat", "dog"}
    assert [(one.reason, one.rows) for one in report.read.removals] == [("stop word", 30)]
    assert report.read.rows_in == 50 == report.n_tokens + 30
