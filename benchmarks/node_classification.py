"""Labels of nodes from their vectors, as DeepWalk and node2vec are measured.

    python -m benchmarks.node_classification --data ../data/graphs
    python -m benchmarks.node_classification --data ../data/graphs --graph cora
    python -m benchmarks.node_classification --data ../data/graphs --validate
    python -m benchmarks.node_classification --data ../data/graphs --store build/blogcatalog

A graph becomes walks, the walks become vectors, both through the public API; or the vectors are
those of a published store. They are measured by ``x2vec.evaluation.classify_nodes``, half of the
nodes training in each of ten splits. Printed are micro-F1 and macro-F1, mean and standard deviation
over the splits.

With ``--validate`` the nodes that train are halved again, and the second half of them takes the
part of the test: settings are found so, and no node of the test is looked at.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from time import perf_counter

import numpy as np

import x2vec
from x2vec import SkipGram
from x2vec.embeddings import Embeddings
from x2vec.evaluation import Labels, classify_nodes
from x2vec.progress import Notice

GRAPHS = {
    "blogcatalog": {"edges": "blogcatalog_edges.csv.gz", "source": "a", "target": "b"},
    "cora": {"edges": "cora_edgelist.txt"},
}
FOUND = {  # by --validate
    "blogcatalog": {"walks": 40, "window": 10, "epochs": 5, "alpha": 0.025, "negative": 5},
    "cora": {"walks": 10, "window": 10, "epochs": 5, "alpha": 0.01, "negative": 5},
}


def labels_of(name: str, folder: Path) -> dict[str, set[str]]:
    """Read which labels each node has."""
    labels: dict[str, set[str]] = {}
    file = folder / ("blogcatalog_labels.csv" if name == "blogcatalog" else "cora_labels.txt")
    with file.open(encoding="utf-8") as lines:
        if name == "blogcatalog":
            rows = list(csv.reader(lines))[1:]
        else:
            rows = [line.split() for line in lines]
    for node, label in rows:
        labels.setdefault(node, set()).add(label)
    return labels


def trained(arguments: argparse.Namespace, seed: int) -> Embeddings:
    """Walk and train."""
    graph = dict(GRAPHS[arguments.graph])
    given = {key: getattr(arguments, key) for key in FOUND[arguments.graph]}
    settings = FOUND[arguments.graph] | {k: v for k, v in given.items() if v is not None}
    start = perf_counter()
    walks = x2vec.read(
        "walks",
        str(arguments.data / graph.pop("edges")),
        **graph,
        walks_per_node=settings.pop("walks"),
        walk_length=arguments.length,
        p=arguments.p,
        q=arguments.q,
        seed=seed,
        listen=lambda event: print(f"  {event.text}") if isinstance(event, Notice) else None,
    )
    walked = perf_counter() - start
    model = SkipGram(vector_size=128, ns_exponent=arguments.ns_exponent, **settings)
    start = perf_counter()
    embeddings = x2vec.train(walks, model, workers=arguments.workers, seed=seed)
    print(f"  walks {walked:.1f} s, training {perf_counter() - start:.1f} s, {model}")
    return embeddings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the graphs")
    parser.add_argument("--graph", choices=sorted(GRAPHS), default="blogcatalog")
    parser.add_argument("--store", type=Path, help="published embeddings to measure instead")
    parser.add_argument("--walks", type=int, help="walks that start at each node")
    parser.add_argument("--length", type=int, default=80, help="nodes of a walk")
    parser.add_argument("--p", type=float, default=1.0)
    parser.add_argument("--q", type=float, default=1.0)
    parser.add_argument("--window", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--alpha", type=float)
    parser.add_argument("--negative", type=int)
    parser.add_argument("--ns-exponent", type=float, default=0.75)
    parser.add_argument("--vectors", choices=("in", "sum", "both"), default="in")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1, help="walks and vectors so many times anew")
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--validate", action="store_true", help="on a part of the training half")
    arguments = parser.parse_args()
    labels = labels_of(arguments.graph, arguments.data)
    figures = []
    for seed in range(1, arguments.seeds + 1):
        found = x2vec.load(arguments.store) if arguments.store else trained(arguments, seed)
        given = Labels.of(found, labels)
        inner, outer = found.vectors[given.rows], found.context_vectors[given.rows]
        vectors = {"in": inner, "sum": inner + outer, "both": np.hstack([inner, outer])}
        figures.append(
            classify_nodes(
                vectors[arguments.vectors],
                given.matrix().toarray() > 0,
                repeats=arguments.splits,
                validate=arguments.validate,
            )
        )
        micro, macro = figures[-1].mean(axis=0)
        print(f"  seed {seed}: {len(given):,} nodes, micro-F1 {micro:.4f}, macro-F1 {macro:.4f}")
    mean, deviation = np.concatenate(figures).mean(axis=0), np.concatenate(figures).std(axis=0)
    print(
        f"{arguments.graph}{' (validation)' if arguments.validate else ''}: "
        f"micro-F1 {mean[0]:.4f} ± {deviation[0]:.4f}, macro-F1 {mean[1]:.4f} ± {deviation[1]:.4f}"
    )


if __name__ == "__main__":
    main()
