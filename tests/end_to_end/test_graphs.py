"""The jobs of the two graphs on their real data: what they read, and whose neighbour is whose."""

import csv

from real_data import card_of, path_to, run_example


def run(name, folder, *, changes):
    """Run pipelines/NAME.toml with some lines changed and less work."""
    changes = {**changes, "vector_size = 128": "vector_size = 32", "window = 10": "window = 5"}
    return run_example(name, folder, data="graphs", changes=changes)


def share_of_kin(embeddings, groups, queries):
    """How many of the ten nearest nodes share a group with their query."""
    found = embeddings.similar(queries, k=10).to_pandas()
    return found.apply(lambda one: bool(groups[one.query_id] & groups[one.item_id]), axis=1).mean()


def test_a_paper_of_cora_stands_near_papers_of_its_field(tmp_path):
    changes = {"walks_per_node = 10": "walks_per_node = 4", "walk_length = 80": "walk_length = 40"}
    report, embeddings = run("cora", tmp_path, changes=changes)
    counts = card_of("cora")["counts"]
    assert report.read.rows_in == report.read.rows_out == 4 * 40 * counts["nodes"]
    assert (
        f"graph: 2,708 nodes, {counts['edges']:,} edges, undirected, unweighted" in report.notices
    )
    repeats = counts["lines"] - counts["edges"]
    assert f"{repeats} edges came more than once: each is one edge" in report.notices
    with path_to("graphs", "cora_labels.txt").open(encoding="utf-8") as lines:
        groups = {node: {label} for node, label in map(str.split, lines)}
    assert len(groups) == len(embeddings) == counts["nodes"]
    chance = 0.18  # the sum of the squared shares of the seven fields
    assert share_of_kin(embeddings, groups, sorted(groups)[::10]) > 3.5 * chance


def test_a_blogger_stands_near_bloggers_of_the_same_group(tmp_path):
    changes = {"walks_per_node = 40": "walks_per_node = 1", "walk_length = 80": "walk_length = 40"}
    report, embeddings = run("blogcatalog", tmp_path, changes=changes)
    counts = card_of("blogcatalog")["counts"]
    graph = f"graph: {counts['nodes']:,} nodes, {counts['edges']:,} edges, undirected, unweighted"
    assert graph in report.notices
    with path_to("graphs", "blogcatalog_labels.csv").open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))[1:]
    assert len(rows) == counts["memberships"]
    groups = {}
    for node, label in rows:
        groups.setdefault(node, set()).add(label)
    queries = sorted(groups)[::20]
    pairs = [(a, b) for a in queries for b in queries if a != b]
    chance = sum(bool(groups[a] & groups[b]) for a, b in pairs) / len(pairs)
    assert share_of_kin(embeddings, groups, queries) > 1.5 * chance
