"""Playlists in every way they are written: one set of lists, and nothing lost uncounted."""

import gzip
import json

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from x2vec.adapters import open_events
from x2vec.adapters.playlists import PlaylistsAdapter, PlaylistsOptions
from x2vec.errors import SourceError, UsageError
from x2vec.testing import check_adapter

M3U = """#EXTM3U
#PLAYLIST:Two songs
#EXTINF:123,Kate Bush - Running
../Kate Bush/running up.mp3
# a remark

http://radio.example/live?x=1&y=2
"""
XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/" xmlns:p="http://player.example/">
  <title>No song</title>
  <trackList>
    <track>
      <location> file:///a%20b.ogg </location><location>http://mirror.example/a</location>
      <title>Mam &amp; Dad</title><creator>The &#233;</creator><p:title>other</p:title>
      <extension application="x"><location>no</location></extension>
    </track>
    <track><identifier>urn:b</identifier><album>B-sides</album></track>
  </trackList>
</playlist>
"""
SLICE = {
    "info": {"slice": "0-1", "version": "v1"},
    "playlists": [
        {
            "name": 'Chill "out"',
            "pid": 7,
            "tracks": [
                {
                    "pos": 0,
                    "track_uri": "spotify:track:a",
                    "track_name": "A",
                    "artist_name": "X",
                    "artist_uri": "spotify:artist:x",
                    "album_name": "One",
                },
                {
                    "pos": 1,
                    "track_uri": "spotify:track:b",
                    "track_name": "B é",
                    "artist_name": "X",
                    "artist_uri": "spotify:artist:x",
                },
            ],
        },
        {"pid": 8, "name": "none", "tracks": []},
        {"pid": 9, "tracks": [{"track_uri": "spotify:track:b", "track_name": "B again"}]},
    ],
}


@pytest.fixture
def written(tmp_path):
    """Write text or bytes to a file of the folder, and return its path."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(path)

    return write


def lists_of(events):
    """Gather the items of each sequence, in the order in which they come."""
    lists = {}
    for batch in events:
        for row in batch.to_pylist():
            lists.setdefault(row["sequence_id"], []).append(row["item_id"])
    return lists


def read(path, **options):
    events = open_events("playlists", {"path": path, **options}, max_missing_share=0.5)
    return lists_of(events), events


def items(path, **options):
    return PlaylistsAdapter().items(PlaylistsOptions(path, **options)).to_pylist()


@pytest.fixture
def sources(tmp_path, written):
    """Write the lists [a, b], [], [b] in each format; give path and options."""
    pq.write_table(
        pa.table({"n": ["x", "y", "z"], "songs": [["a", "b"], [], ["b"]]}), tmp_path / "l.parquet"
    )
    tracks = [[{"track_uri": song} for song in songs] for songs in (["a", "b"], [], ["b"])]
    playlists = [{"pid": pid, "tracks": one} for pid, one in enumerate(tracks)]
    for name, songs in (("1", "a\nb\n"), ("2", "#EXTM3U\n"), ("3", "b")):
        written(f"{name}.m3u", songs)
        track = "".join(f"<track><location>{one}</location></track>" for one in songs.split()
                        if "#" not in one)  # fmt: skip
        written(f"{name}.xspf", f"<playlist><trackList>{track}</trackList></playlist>")
    return {
        "lines": (written("l.txt", "a b\n\nb\n"), {}),
        "spotify": (written("l.json", json.dumps({"playlists": playlists})), {}),
        "m3u": (str(tmp_path / "*.m3u"), {}),
        "xspf": (str(tmp_path / "*.xspf"), {}),
        "jsonl": (
            written("l.jsonl", '{"s": ["a", "b"]}\n{"s": []}\n{"s": ["b"]}\n'),
            {"item": "s"},
        ),
        "parquet": (str(tmp_path / "l.parquet"), {"item": "songs"}),
    }


@pytest.mark.parametrize("kind", ["lines", "spotify", "m3u", "xspf", "jsonl", "parquet"])
def test_every_format_gives_the_same_lists_and_counts_the_empty_one(sources, kind):
    path, options = sources[kind]
    lists, events = read(path, **options)
    assert list(lists.values()) == [["a", "b"], ["b"]]
    assert (events.rows_read, events.left_out, events.set_aside) == (4, {"empty list": 1}, {})
    check_adapter(PlaylistsAdapter, PlaylistsOptions(path, **options), expected_rows=3)


def test_tracks_of_a_slice_are_items_with_their_names(written):
    path = written("mpd.slice.0-1.json.gz", json.dumps(SLICE, indent=4))
    lists, events = read(path)
    assert lists == {7: ["spotify:track:a", "spotify:track:b"], 9: ["spotify:track:b"]}
    assert events.left_out == {"empty list": 1}
    assert items(path) == [
        {"item_id": "spotify:track:a", "title": "A", "artist": "X", "album": "One"},
        {"item_id": "spotify:track:b", "title": "B é", "artist": "X", "album": None},
    ]


def test_the_artist_of_a_track_may_be_the_item_and_is_missing_where_it_is_not_told(written):
    path = written("mpd.json", json.dumps(SLICE))
    lists, events = read(path, item="artist_uri")
    assert lists == {7: ["spotify:artist:x"] * 2}
    assert events.set_aside == {"item_id is null": 1}
    assert items(path, item="artist_uri") == [{"item_id": "spotify:artist:x", "artist": "X"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps(SLICE, indent=1)[:-300], r"s\.json, line \d+: element 1 is no whole JSON"),
        ('{"playlists": [{"pid": 1}]}', r"s\.json, playlist 1: expected an object with 'pid' and"),
        ('{"info": 12}', "holds no list 'playlists'"),
        ("[]", "line 1: expected '{' for the object that holds everything, found '\\['"),
        ("", "found ''"),
        ('{"playlists": [{"pid": "x", "tracks": []}]}', "pid is 'x'; expected a whole number"),
        ('{"playlists": [{"pid": 1, "tracks": [{"track_uri": 5}]}]}', "track_uri is 5; expected"),
        (r'{"playlists": [{"pid": 1, "tracks": [{"track_uri": "\ud800"}]}]}', r"'\\ud800'"),
        ("{" * 3, "a key is no whole JSON"),
        ('{"playlists": ' + "[" * 100_000, "cannot be read|no whole JSON"),
        (b'{"playlists": [\n"\xff"]}', r"s\.json, line 2: not UTF-8"),
    ],
)
def test_a_damaged_or_foreign_slice_is_named_with_the_place(written, content, message):
    with pytest.raises(SourceError, match=message):
        read(written("s.json", content))


def test_a_slice_is_read_playlist_by_playlist(written):
    """A playlist before a damaged one is yielded first, though it fills no batch by itself."""
    tracks = [{"track_uri": f"t{n}"} for n in range(100_000)]
    whole = json.dumps({"playlists": [{"pid": 1, "tracks": tracks}]})[:-2]
    batches = PlaylistsAdapter().read(PlaylistsOptions(written("s.json", whole + ", oh")))
    assert next(batches).num_rows == 100_000
    with pytest.raises(SourceError, match="element 2 is no whole JSON"):
        next(batches)


def test_paths_and_addresses_of_an_m3u_are_exact_and_titles_are_those_of_extinf(written):
    path = written("two.m3u", M3U)
    exact = ["../Kate Bush/running up.mp3", "http://radio.example/live?x=1&y=2"]
    assert read(path)[0] == {"two.m3u": exact}
    assert [one["title"] for one in items(path)] == ["Kate Bush - Running", None]


def test_commas_in_the_attributes_of_extinf_are_not_in_the_title(written):
    path = written("tv.m3u8", '#EXTINF:-1 name="A, B" group="C",News, live\r\nhttp://a.example\r\n')
    assert items(path) == [{"item_id": "http://a.example", "title": "News, live"}]


def test_m3u_may_be_latin_1_and_m3u8_may_not(written):
    latin = written("a.m3u", "Björk.mp3\n".encode("latin-1"))
    lists, events = read(latin)
    assert lists == {"a.m3u": ["Björk.mp3"]}
    assert events.notes == [f"1 files are not UTF-8 and were read as Latin-1, such as {latin}"]
    assert read(written("b.m3u", "\ufeffBjörk.mp3\n"))[0] == {"b.m3u": ["Björk.mp3"]}
    with pytest.raises(SourceError, match=r"c\.m3u8, line 2: not UTF-8"):
        read(written("c.m3u8", b"a\n\xf6\n"))


def test_a_stream_is_no_playlist(written):
    with pytest.raises(SourceError, match="a stream"):
        read(written("s.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nseg1.ts\n"))


def test_the_ids_of_files_are_their_paths_from_the_folder_they_share(written, tmp_path):
    for name in ("pop/a.m3u", "jazz/a.m3u"):
        written(name, "x\n")
    assert read(str(tmp_path / "*" / "*.m3u"))[0] == {"jazz/a.m3u": ["x"], "pop/a.m3u": ["x"]}


def test_tracks_of_an_xspf_are_named_by_location_or_else_identifier(written):
    path = written("p.xspf", XSPF)
    assert read(path)[0] == {"p.xspf": ["file:///a%20b.ogg", "urn:b"]}
    assert items(path) == [
        {"item_id": "file:///a%20b.ogg", "title": "Mam & Dad", "artist": "The é", "album": None},
        {"item_id": "urn:b", "title": None, "artist": None, "album": "B-sides"},
    ]
    lists, events = read(path, item="location")
    assert lists == {"p.xspf": ["file:///a%20b.ogg"]}
    assert events.set_aside == {"item_id is null": 1}


BILLION_LAUGHS = """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist><trackList><track><location>&b;</location></track></trackList></playlist>"""
EXTERNAL = """<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<playlist><trackList><track><location>&a;</location></track></trackList></playlist>"""


@pytest.mark.parametrize("hostile", [BILLION_LAUGHS, EXTERNAL, '<!DOCTYPE p SYSTEM "x.dtd"><p/>'])
def test_entities_are_neither_expanded_nor_fetched(written, hostile):
    with pytest.raises(SourceError, match=r"h\.xspf: has a document type declaration"):
        read(written("h.xspf", hostile))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (XSPF[:-40], r"x\.xspf, line \d+: not XML"),
        ("", "line 1: not XML"),
        ("<playlist><trackList><track><location>&a;</location>", "undefined entity"),
        ("<html></html>", "outermost element is <html>; expected XSPF's <playlist>"),
        ('<playlist xmlns="urn:other"/>', "outermost element is <playlist>"),
        (b"<playlist>\n\xff", "line 2: not XML"),
    ],
)
def test_what_is_no_xspf_is_named_with_its_line(written, content, message):
    with pytest.raises(SourceError, match=message):
        read(written("x.xspf", content))


def test_lists_of_json_lines_go_by_their_own_ids(written):
    path = written("l.jsonl", '{"id": "p", "s": [1, 2]}\n{"id": "q", "s": [2, null]}\n')
    lists, events = read(path, item="s", sequence="id")
    assert lists == {"p": [1, 2], "q": [2]}
    assert events.set_aside == {"item_id is null": 1}


def test_numbers_and_texts_in_lists_of_json_go_by_the_rule_for_ids(written):
    path = written("l.jsonl", '{"s": [1, "1", 2.0, "b"]}\n{"s": null}\n')
    lists, events = read(path, item="s")
    assert lists == {1: ["1", "1", "2", "b"]}
    assert "1 occur as both" in events.notes[0]
    assert events.left_out == {"empty list": 1}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"s": "a b"}', r"l\.jsonl, row 2: 's' is \"a b\"; expected a list"),
        ('{"s": ["a", 1.5]}', "item_id is 1.5; ids are text or whole numbers"),
        ('{"s": [["a"]]}', "entries of 's'.*expected text or whole"),
        (r'{"s": ["\ud800"]}', "row 2.*half of a surrogate pair"),
        ('{"s": ["a"', r"row 2: not JSON"),
    ],
)
def test_what_is_no_list_of_ids_is_named(written, line, message):
    with pytest.raises(SourceError, match=message):
        read(written("l.jsonl", f'{{"s": ["a"]}}\n{line}\n'), item="s")


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.string()),
        pa.large_list(pa.large_string()),
        pa.list_(pa.string(), 2),
        pa.list_view(pa.string()),
        pa.list_(pa.dictionary(pa.int8(), pa.string())),
    ],
    ids=str,
)
def test_all_kinds_of_lists_are_read_from_tables_in_memory(kind):
    lists = pa.array([["a", "b"], None, ["b", "c"]], pa.list_(pa.string()))
    table = pa.table({"songs": pa.array(lists.to_pylist(), kind), "id": ["x", "y", "z"]})
    found, events = read(table.slice(0), item="songs", sequence="id")
    assert found == {"x": ["a", "b"], "z": ["b", "c"]}
    assert events.left_out == {"empty list": 1}
    assert read(table.slice(2), item="songs")[0] == {1: ["b", "c"]}


def test_frames_with_lists_are_read():
    frame = pl.DataFrame({"id": [5, 6], "songs": [[1, 2], [3]]})
    assert read(frame, item="songs", sequence="id")[0] == {5: [1, 2], 6: [3]}
    assert read(frame.to_pandas(), item="songs", sequence="id")[0] == {5: [1, 2], 6: [3]}


def test_a_column_of_single_items_is_no_column_of_lists():
    with pytest.raises(SourceError, match="the column 'song' is of type string; expected lists"):
        read(pa.table({"song": ["a"]}), item="song")


def test_lists_are_numbered_through_all_files(written):
    paths = [written("a.txt", "head\na b\n\n"), written("b.txt", "head\nc")]
    lists, events = read(paths, skip_lines=1)
    assert lists == {1: ["a", "b"], 3: ["c"]}
    assert events.left_out == {"empty list": 1}


def test_between_two_delimiters_an_id_is_missing(written):
    lists, events = read(written("a.txt", "a;b c;;d\n"), delimiter=";")
    assert lists == {1: ["a", "b c", "d"]}
    assert events.set_aside == {"item_id is empty": 1}


def test_ids_of_lines_are_exact(written):
    odd = ["e\u0301", "é", "\u202eabc", "👩‍🚀", "x" * 2000, "a\0b", "00123"]
    assert read(written("a.txt", ",".join(odd) + "\r\n"), delimiter=",")[0] == {1: odd}


def test_a_foreign_byte_in_lines_is_named_with_its_line(written):
    with pytest.raises(SourceError, match=r"adapter 'playlists': .*a\.txt, line 2: not UTF-8"):
        read(written("a.txt", b"a\n\xe9 b\n"))


def test_one_list_of_a_million_songs_is_read_whole_in_batches(written):
    path = written("a.txt", " ".join(map(str, range(1_000_000))))
    batches = list(open_events("playlists", {"path": path}))
    assert [batch.num_rows for batch in batches] == [100_000] * 10
    assert batches[-1].column("item_id")[-1].as_py() == "999999"


def test_songs_and_tags_become_the_item_table(written):
    path = written("train.txt", "0 1\n2\n")
    told = {
        "songs": written("songs", "0\tOne\tX\n1\tTwo\tY\n2\tThree, too\tZ\n"),
        "tags": written("tags", "0 1 \n#\n-1\n"),
        "tag_names": written("names", "0, rock\n1, rock, hard\n"),
    }
    assert items(path, **told) == [
        {"item_id": "0", "title": "One", "artist": "X", "tags": ["rock", "rock, hard"]},
        {"item_id": "1", "title": "Two", "artist": "Y", "tags": None},
        {"item_id": "2", "title": "Three, too", "artist": "Z", "tags": None},
    ]
    only_tags = items(path, tags=told["tags"])
    assert only_tags[0] == {"item_id": "0", "tags": ["0", "1"]}


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"songs": "0\tOne\n"}, "songs, line 1: found 2 parts, expected 3, with a tab"),
        ({"songs": "0\ta\tb\n0\tc\td\n"}, "1 ids stand there more than once, such as 0"),
        ({"tags": "7\n", "tag_names": "1, rock\n"}, "tags, line 1: the tag '7' is not in tag_nam"),
        ({"tags": "1\n", "tag_names": "1 rock\n"}, "tag_names, line 1: found 1 parts, expected 2"),
    ],
)
def test_faults_in_songs_and_tags_are_named_with_their_line(written, told, message):
    files = {name: written(name, text) for name, text in told.items()}
    with pytest.raises(SourceError, match=message):
        items(written("l.txt", "0\n"), **files)


@pytest.mark.parametrize("kind", ["lines", "jsonl", "parquet"])
def test_sources_that_say_nothing_of_items_have_no_item_table(sources, kind):
    path, options = sources[kind]
    assert PlaylistsAdapter().items(PlaylistsOptions(path, **options)) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "l.txt", "item": "songs"}, "item = 'songs' means nothing in the format 'lines'"),
        ({"path": "l.parquet", "item": "songs", "skip_lines": 2}, "skip_lines = 2 means nothing"),
        ({"path": "l.parquet"}, "item is missing: the name of the column"),
        ({"path": "1.xspf", "item": "title"}, "expected 'location' or 'identifier'"),
        ({"path": "l.txt", "format": "txt"}, "format: expected one of 'auto', 'spotify'"),
        ({"path": "l.txt", "delimiter": ""}, "delimiter: expected text"),
        ({"path": "l.txt", "skip_lines": -1}, "skip_lines is -1"),
        ({"path": "l.txt", "tag_names": "t"}, "set tags as well"),
        ({"path": "l.txt", "item": "a", "sequence": "a"}, "must be different"),
    ],
)
def test_options_that_do_not_fit_are_refused(sources, tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=message):
        read(**options)


def test_files_of_several_formats_or_of_none_are_refused(sources, written, tmp_path):
    with pytest.raises(SourceError, match=r"several formats: .*l\.txt \(lines\), .*1\.xspf"):
        read([sources["lines"][0], str(tmp_path / "1.xspf")])
    with pytest.raises(SourceError, match=r"train: the ending does not tell the format"):
        read(written("train", "a"))


def test_a_missing_file_is_named_before_anything_is_read(sources):
    with pytest.raises(SourceError, match=r"adapter 'playlists': .*none\.m3u: no such file"):
        read([sources["m3u"][0], "none.m3u"])


def test_a_packed_file_that_breaks_off_is_named(written, tmp_path):
    path = tmp_path / "l.txt.gz"
    path.write_bytes(gzip.compress(b"a b\n" * 1000)[:-12])
    with pytest.raises(SourceError, match=r"l\.txt\.gz: cannot be read"):
        read(str(path))


def test_a_truncated_parquet_file_is_named_and_the_others_are_not_silently_used(sources, tmp_path):
    whole = sources["parquet"][0]
    broken = tmp_path / "broken.parquet"
    broken.write_bytes((tmp_path / "l.parquet").read_bytes()[:-20])
    with pytest.raises(SourceError, match=r"broken\.parquet: a damaged or truncated Parquet file"):
        read([whole, str(broken)], item="songs")


def test_files_of_no_bytes_have_no_lists(written):
    for name, options in (("a.txt", {}), ("b.jsonl", {"item": "s"})):
        assert read(written(name, ""), **options)[0] == {}
    lists, events = read(written("c.m3u", ""))
    assert (lists, events.left_out) == ({}, {"empty list": 1})


def test_titles_of_an_item_come_from_the_first_list_that_knows_them(written, tmp_path):
    written("1.m3u", "x.mp3\n")
    written("2.m3u", "#EXTINF:1,X\nx.mp3\n#EXTINF:1,Y\ny.mp3\n")
    written("3.m3u", "#EXTINF:1,Other\nx.mp3\n")
    assert items(str(tmp_path / "*.m3u")) == [
        {"item_id": "x.mp3", "title": "X"},
        {"item_id": "y.mp3", "title": "Y"},
    ]
