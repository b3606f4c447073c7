"""Graphs in every form become the same walks; what is no edge or no weight is told or counted."""

import gzip
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from x2vec.adapters import open_events
from x2vec.adapters.walks import WalksAdapter, WalksOptions
from x2vec.errors import SourceError, UsageError
from x2vec.testing import check_adapter

PAIRS = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]
SHORT = {"walks_per_node": 2, "walk_length": 4}


def opened(path, **options):
    return open_events("walks", {"path": path, **SHORT, **options})


def walks(events):
    found = {}
    for batch in events:
        for row in batch.to_pylist():
            found.setdefault(row["sequence_id"], []).append(row["item_id"])
    return [found[number] for number in sorted(found)]


def table(pairs=PAIRS, weights=None):
    columns = {"source": [pair[0] for pair in pairs], "target": [pair[1] for pair in pairs]}
    return pa.table(columns if weights is None else {**columns, "weight": weights})


@pytest.fixture
def expected():
    return walks(opened(table()))


def test_every_node_starts_so_many_walks_of_so_many_nodes_along_edges(expected):
    assert len(expected) == 2 * 4
    assert {len(walk) for walk in expected} == {4}
    assert sorted(walk[0] for walk in expected[:4]) == ["a", "b", "c", "d"]
    steps = {step for walk in expected for step in pairwise(walk)}
    assert steps <= {*PAIRS, *(pair[::-1] for pair in PAIRS)}


@pytest.mark.parametrize(
    ("file", "text", "options"),
    [
        ("g.csv", "source,target\na,b\nb,c\nc,a\nc,d\n", {}),
        ("g.tsv", "x\tfrom\tto\n1\ta\tb\n1\tb\tc\n1\tc\ta\n1\tc\td\n",
         {"source": "from", "target": "to"}),
        ("g.csv", "a,b\nb,c\nc,a\nc,d\n", {"format": "edges", "delimiter": ","}),
        ("g.txt", "a b\nb\tc\n  c   a\nc d", {}),
        ("g.txt", "\ufeff# a comment\r\na b\r\n\r\nb c\r\nc a\r\nc d\r\n", {}),
        ("g.edgelist", "% no\na b 1\nb c 2\nc a 3\nc d 4\n", {"comment": "%"}),
        ("g.adjlist", "a b c\nb c\nc d\nd\n", {}),
        ("g.txt", "a b c\nb a c\nc a b d\nd c\n", {"format": "adjacency"}),
        ("g.jsonl", '{"source": "a", "target": "b"}\n{"source": "b", "target": "c"}\n'
         '{"source": "c", "target": "a"}\n{"source": "c", "target": "d"}\n', {}),
    ],
)  # fmt: skip
def test_one_graph_in_any_form_gives_the_same_walks(tmp_path, expected, file, text, options):
    (tmp_path / file).write_text(text, encoding="utf-8", newline="")
    assert walks(opened(str(tmp_path / file), **options)) == expected


def test_a_parquet_file_and_a_packed_one_give_the_same_walks(tmp_path, expected):
    pq.write_table(table(), tmp_path / "g.parquet")
    assert walks(opened(str(tmp_path / "g.parquet"))) == expected
    (tmp_path / "g.txt.gz").write_bytes(gzip.compress(b"a b\nb c\nc a\nc d\n"))
    assert walks(opened(str(tmp_path / "g.txt.gz"))) == expected


def test_the_order_of_the_edges_and_their_ends_does_not_count(expected):
    turned = [pair[::-1] for pair in reversed(PAIRS)]
    assert walks(opened(table(turned))) == expected


def test_several_files_are_one_graph(tmp_path, expected):
    (tmp_path / "1.txt").write_text("a b\nb c\n")
    (tmp_path / "2.csv").write_text("source,target\nc,a\nc,d\n")
    assert walks(opened([str(tmp_path / "1.txt"), str(tmp_path / "2.csv")])) == expected


def test_the_seed_makes_the_walks_and_the_batch_does_not(expected, monkeypatch):
    assert walks(opened(table(), seed=2)) != expected
    monkeypatch.setattr("x2vec.adapters.walks.adapter.BATCH_ROWS", 1)
    assert walks(opened(table())) == expected


def test_a_graph_of_networkx_knows_its_directions_weights_and_lonely_nodes(expected):
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph(PAIRS)
    assert walks(opened(graph)) == expected
    graph.add_node("lonely")
    events = opened(networkx.DiGraph(graph))
    assert walks(events) == expected  # each edge became two
    assert events.left_out == {"node without an edge": 1}
    ring = networkx.DiGraph([(1, 2, {"w": 1.0}), (2, 3, {"w": 2}), (3, 1, {"w": 1})])
    assert walks(opened(ring, weight="w"))[0] in ([1, 2, 3, 1], [2, 3, 1, 2], [3, 1, 2, 3])
    ring.add_edge(3, 2)
    with pytest.raises(SourceError, match="networkx DiGraph, edge 4: weight is None"):
        walks(opened(ring, weight="w"))


def test_nodes_of_numbers_and_text_become_text():
    networkx = pytest.importorskip("networkx")
    events = opened(networkx.Graph([(1, "x"), ("1", 2)]))
    assert {node for walk in walks(events) for node in walk} == {"1", "2", "x"}
    assert any("numbers and text are mixed" in note for note in events.notes)
    with pytest.raises(SourceError, match="is of type list"):
        walks(opened(networkx.Graph([((1, 2), (3, 4))])))


def test_a_directed_walk_ends_where_no_edge_leads_on():
    events = opened(table([("a", "b"), ("b", "c")]), directed=True)
    assert sorted(walks(events)) == sorted([["a", "b", "c"], ["b", "c"], ["c"]] * 2)
    assert events.notes == [
        "graph: 3 nodes, 2 edges, directed, unweighted",
        "nodes without an edge that leads on end a walk: 1, such as 'c'",
        "6 of 6 walks ended early",
    ]


def test_lonely_nodes_are_told_and_counted(tmp_path):
    (tmp_path / "nodes.csv").write_text("node,label\na,1\ne,2\n,3\nf,4\n")
    events = opened(table(), nodes=str(tmp_path / "nodes.csv"))
    n_events = sum(batch.num_rows for batch in events)
    assert n_events == 2 * 4 * 4
    assert events.left_out == {"node is empty": 1, "node without an edge": 2}
    assert events.rows_read == n_events + 3
    assert "nodes without an edge, so without a walk: 2, such as 'e', 'f'" in events.notes
    listed = opened(table(), nodes=["a", "z"])
    assert len(walks(listed)) == 8
    assert listed.left_out == {"node without an edge": 1}


def test_edges_that_come_again_are_one_and_self_loops_are_counted():
    events = opened(table([*PAIRS, ("b", "a"), ("d", "d"), ("d", "d")]))
    walks(events)
    assert events.notes == [
        "graph: 4 nodes, 5 edges, undirected, unweighted",
        "1 of the edges lead from a node to itself",
        "2 edges came more than once: each is one edge",
    ]


def test_weights_of_edges_that_come_again_are_summed():
    pairs, weights = [("a", "b"), ("b", "a"), ("a", "c")], [1e308, 1e308, 2e-308]
    events = opened(table(pairs, weights), weight="weight", walk_length=2, walks_per_node=50)
    assert [walk for walk in walks(events) if walk == ["a", "c"]] == []
    assert "1 edges came more than once: their weights were summed" in events.notes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b 1\nb c -1\n", "g.txt, line 2: weight is '-1'; expected a number above 0"),
        ("#\n\na b 1\nb c nan\n", "line 4: weight is 'nan'"),
        ("a b inf\n", "line 1: weight is 'inf'"),
        ("a b much\n", "line 1: weight is 'much'"),
        ("a b 1\nb c\n", "line 2: found 2 columns, expected 3: source, target, weight"),
    ],
)
def test_a_weight_that_is_none_is_told_by_its_line(tmp_path, text, message):
    (tmp_path / "g.txt").write_text(text)
    with pytest.raises(SourceError, match=message):
        walks(opened(str(tmp_path / "g.txt"), weight="w"))


def test_a_null_weight_is_told_by_its_row_and_a_weight_of_zero_is_counted():
    with pytest.raises(SourceError, match="row 2: weight is None"):
        walks(opened(table(PAIRS, [1, None, 1, 1]), weight="weight"))
    events = opened(table(PAIRS, [1, 1, 1, 0]), weight="weight")
    assert {node for walk in walks(events) for node in walk} == {"a", "b", "c"}
    assert events.left_out == {"edge of weight 0": 1, "node without an edge": 1}


def test_edges_that_lack_a_node_are_counted_and_too_many_are_an_error():
    pairs = [*PAIRS * 50, (None, "a"), ("a", "")]
    events = opened(table(pairs))
    n_events = sum(batch.num_rows for batch in events)
    assert events.left_out == {"edge whose source is null": 1, "edge whose target is empty": 1}
    assert events.rows_read == n_events + 2
    with pytest.raises(SourceError, match=r"1 of 5 edges lack a node \(edge whose source is null"):
        walks(opened(table([*PAIRS, (None, "a")])))
    assert walks(opened(table([*PAIRS, (None, "a")]), max_missing_edges=0.2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a b\nc\n", "line 2: found 1 columns, expected 2"),
        (b"a b\nc \xff\n", "line 2: not UTF-8"),
    ],
)
def test_a_line_that_is_no_edge_is_told(tmp_path, content, message):
    (tmp_path / "g.txt").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        walks(opened(str(tmp_path / "g.txt")))


def test_a_truncated_packed_file_is_told(tmp_path):
    packed = gzip.compress(b"".join(b"%d %d\n" % (n, n * n) for n in range(9999)))
    (tmp_path / "g.txt.gz").write_bytes(packed[:-2000])
    with pytest.raises(SourceError, match=r"g.txt.gz: cannot be read: .*Copy it again"):
        walks(opened(str(tmp_path / "g.txt.gz")))


def test_a_missing_column_or_file_is_told_before_anything_is_read(tmp_path):
    with pytest.raises(SourceError, match=r"no column 'target'; found 'source', 'to'"):
        walks(opened(table().rename_columns(["source", "to"])))
    with pytest.raises(SourceError, match="no such file"):
        walks(opened([str(tmp_path / "g.txt")]))


def test_no_edges_are_no_walks(tmp_path):
    (tmp_path / "g.txt").write_text("# nothing\n")
    events = opened(str(tmp_path / "g.txt"), nodes=["a"])
    assert walks(events) == []
    assert events.left_out == {"node without an edge": 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": 0}, "p is 0; it must be a number above 0"),
        ({"q": float("inf")}, "q is inf"),
        ({"walk_length": 0}, "walk_length is 0; it must be a whole number from 1"),
        ({"walks_per_node": True}, "walks_per_node is True"),
        ({"seed": -1}, "seed is -1"),
        ({"format": "gml"}, "format: expected one of"),
        ({"delimiter": "::"}, "delimiter: expected one character"),
        ({"comment": ""}, "comment is empty"),
        ({"target": "source"}, "must be different columns"),
        ({"max_missing_edges": 2}, "max_missing_edges is 2"),
    ],
)
def test_options_out_of_bounds_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        WalksOptions("g.txt", **options)


def test_ids_of_integers_stay_integers_and_text_stays_text(tmp_path):
    numbers = opened(pa.table({"source": [2**62, 7], "target": [7, 8]}))
    assert {node for walk in walks(numbers) for node in walk} == {2**62, 7, 8}
    (tmp_path / "g.csv").write_text("source,target\n007,7\n")
    assert {node for walk in walks(opened(str(tmp_path / "g.csv"))) for node in walk} == {
        "007",
        "7",
    }


def test_the_adapter_keeps_the_protocol():
    check_adapter(WalksAdapter, WalksOptions(table(), **SHORT), expected_rows=2 * 4 * 4)
