"""Labels of nodes from their vectors, as DeepWalk and node2vec are measured.

    python -m benchmarks.node_classification --data ../data/graphs
    python -m benchmarks.node_classification --data ../data/graphs --graph cora
    python -m benchmarks.node_classification --data ../data/graphs --validate
    python -m benchmarks.node_classification --data ../data/graphs --store build/blogcatalog

A graph becomes walks, the walks become vectors, both through the public API; or the vectors are
those of a published store. Half of the nodes, drawn anew for each of ten splits, train one logistic
regression for each label; of each other node the number of labels is known, and the likeliest
so many are predicted (Perozzi et al. 2014, "DeepWalk"; Grover and Leskovec 2016, "node2vec").
Printed are micro-F1 and macro-F1, mean and standard deviation over the splits.

With ``--validate`` the nodes that train are halved again, and the second half of them takes the
part of the test: settings are found so, and no node of the test is looked at.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

import x2vec
from x2vec import SkipGram
from x2vec.embeddings import Embeddings
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


def likeliest(
    vectors: NDArray[np.float32],
    truth: NDArray[np.bool_],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Predict for each node under test as many labels as it has."""
    scores = np.full((len(test), truth.shape[1]), -np.inf)
    for label in range(truth.shape[1]):
        wanted = truth[train, label]
        if wanted.any() and not wanted.all():
            model = LogisticRegression(solver="liblinear", random_state=0)
            scores[:, label] = model.fit(vectors[train], wanted).decision_function(vectors[test])
    predicted = np.zeros_like(truth[test])
    order = np.argsort(-scores, axis=1, kind="stable")
    for row, k in enumerate(truth[test].sum(axis=1)):
        predicted[row, order[row, :k]] = True
    return predicted


def measure(
    vectors: NDArray[np.float32], truth: NDArray[np.bool_], *, splits: int, validate: bool
) -> NDArray[np.float64]:
    """Return micro-F1 and macro-F1 of each split, (splits, 2)."""
    figures = []
    for split in range(splits):
        order = np.random.default_rng(split).permutation(len(truth))
        train, test = order[: len(order) // 2], order[len(order) // 2 :]
        if validate:
            train, test = train[: len(train) // 2], train[len(train) // 2 :]
        predicted = likeliest(vectors, truth, train, test)
        figures.append(
            [
                f1_score(truth[test], predicted, average=average, zero_division=0)
                for average in ("micro", "macro")
            ]
        )
    return np.array(figures)


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
    names = sorted({label for some in labels.values() for label in some})
    figures = []
    for seed in range(1, arguments.seeds + 1):
        found = x2vec.load(arguments.store) if arguments.store else trained(arguments, seed)
        nodes = [node for node in found if node in labels]
        truth = np.array([[name in labels[node] for name in names] for node in nodes])
        place = {node: row for row, node in enumerate(found)}
        rows = [place[node] for node in nodes]
        inner, outer = found.vectors[rows], found.context_vectors[rows]
        vectors = {"in": inner, "sum": inner + outer, "both": np.hstack([inner, outer])}
        figures.append(
            measure(
                vectors[arguments.vectors],
                truth,
                splits=arguments.splits,
                validate=arguments.validate,
            )
        )
        micro, macro = figures[-1].mean(axis=0)
        print(f"  seed {seed}: {len(nodes):,} nodes, micro-F1 {micro:.4f}, macro-F1 {macro:.4f}")
    mean, deviation = np.concatenate(figures).mean(axis=0), np.concatenate(figures).std(axis=0)
    print(
        f"{arguments.graph}{' (validation)' if arguments.validate else ''}: "
        f"micro-F1 {mean[0]:.4f} ± {deviation[0]:.4f}, macro-F1 {mean[1]:.4f} ± {deviation[1]:.4f}"
    )


if __name__ == "__main__":
    main()
