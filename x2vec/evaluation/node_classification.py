"""Node classification: are the labels of a node to be read off its vector?

As DeepWalk and node2vec are measured (Perozzi et al. 2014, "DeepWalk"; Grover and Leskovec 2016,
"node2vec"): a share of the nodes, drawn anew in each repeat, trains one logistic regression for
each label. Of each other node the number of labels is known, and so many are predicted, the
likeliest.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec._text import aligned
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, DataError, NothingLeftError
from x2vec.evaluation.figure import Figure
from x2vec.evaluation.intervals import jackknife_interval
from x2vec.evaluation.labels import Labels

__all__ = ["NodeClassification", "NodeScores", "classify_nodes", "node_classification"]


@dataclass(frozen=True)
class NodeScores:
    """What one share of training nodes gave.

    Attributes:
        train_share: The share of the nodes that trained.
        micro: Micro-F1, mean over repeats.
        macro: Macro-F1, mean over repeats: each label counts alike, however rare.
        micro_deviation: Standard deviation over repeats.
        macro_deviation: The same of macro-F1.
    """

    train_share: float
    micro: Figure
    macro: Figure
    micro_deviation: float
    macro_deviation: float

    @classmethod
    def of(cls, train_share: float, figures: NDArray[np.float64]) -> NodeScores:
        """Sum up the repeats, (repeats, 2) micro-F1 and macro-F1."""
        micro, macro = (_over_repeats(column) for column in figures.T)
        deviations = figures.std(axis=0)
        return cls(train_share, micro, macro, float(deviations[0]), float(deviations[1]))


@dataclass(frozen=True)
class NodeClassification:
    """Scores at each share of training nodes.

    Attributes:
        scores: One entry a share, in the order asked for.
        n_nodes: Nodes with a vector and a label.
        n_labels: Different labels.
        n_unlabelled: Nodes with a vector alone, left out.
        n_unknown: Nodes with a label alone, left out.
    """

    scores: tuple[NodeScores, ...]
    n_nodes: int
    n_labels: int
    n_unlabelled: int
    n_unknown: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "scores": [
                {
                    "train_share": one.train_share,
                    "micro": one.micro.to_dict(),
                    "macro": one.macro.to_dict(),
                    "micro_deviation": one.micro_deviation,
                    "macro_deviation": one.macro_deviation,
                }
                for one in self.scores
            ],
            "n_nodes": self.n_nodes,
            "n_labels": self.n_labels,
            "n_unlabelled": self.n_unlabelled,
            "n_unknown": self.n_unknown,
        }

    def __str__(self) -> str:
        rows = [["nodes that train", "micro-F1", "macro-F1"]]
        rows += [[f"{one.train_share:.0%}", str(one.micro), str(one.macro)] for one in self.scores]
        lost = f"{self.n_nodes:,} nodes, {self.n_labels:,} labels"
        for n, words in (
            (self.n_unlabelled, "nodes without a label are left out"),
            (self.n_unknown, "labelled nodes have no vector"),
        ):
            lost += f"; {n:,} {words}" if n else ""
        return "\n".join([lost, *aligned(rows, right={0})])


def node_classification(
    embeddings: Embeddings,
    labels: Mapping[Any, Any] | str,
    *,
    train_shares: Sequence[float] = (0.5,),
    repeats: int = 10,
    validate: bool = False,
    seed: int = 0,
) -> NodeClassification:
    """Measure how well a logistic regression reads the labels of nodes off their vectors.

    Args:
        embeddings: The nodes.
        labels: For each node one label or a collection of them, or a column of the item table.
        train_shares: Shares of the nodes that train, each measured for itself.
        repeats: Splits into training and test nodes, drawn anew.
        validate: Split the training nodes once more in the same way, and measure on the part that
            did not train: settings are found so, and no test node is looked at.
        seed: The first repeat's; the others count up from it.

    Returns:
        The scores. Their intervals are of the mean over repeats, by Student's t, as tables of these
        papers are: all repeats see the same graph, so another graph may lie outside.

    Raises:
        ConfigError: An argument is out of bounds.
        NothingLeftError: Fewer than four nodes have a label and a vector.
        UsageError: There is no such column.

    Example:
        >>> nodes = [f"n{i}" for i in range(40)]
        >>> vectors = np.repeat([[1.0, 0.0], [0.0, 1.0]], 20, axis=0)
        >>> graph = Embeddings(nodes, vectors, counts=[1] * 40)
        >>> sides = {node: "left" if i < 20 else "right" for i, node in enumerate(nodes)}
        >>> node_classification(graph, sides).scores[0].micro.value
        1.0
    """
    given = Labels.of(embeddings, labels)
    truth = given.matrix().toarray() > 0
    scores = [
        NodeScores.of(
            share,
            classify_nodes(
                embeddings.vectors[given.rows],
                truth,
                train_share=share,
                repeats=repeats,
                validate=validate,
                seed=seed,
            ),
        )
        for share in train_shares
    ]
    return NodeClassification(
        scores=tuple(scores),
        n_nodes=len(given),
        n_labels=len(given.names),
        n_unlabelled=given.n_unlabelled,
        n_unknown=given.n_unknown,
    )


def classify_nodes(
    vectors: NDArray[np.float32],
    truth: NDArray[np.bool_],
    *,
    train_share: float = 0.5,
    repeats: int = 10,
    validate: bool = False,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return micro-F1 and macro-F1 of each repeat; see ``node_classification``.

    Args:
        vectors: (n_nodes, vector_size).
        truth: (n_nodes, n_labels) which node has which label.
        train_share: Share of the nodes that train.
        repeats: So many splits.
        validate: Measure on a part of the training nodes.
        seed: The first repeat's.

    Returns:
        (repeats, 2) float64.

    Raises:
        ConfigError: A share is not between 0 and 1, or there are no repeats.
        DataError: Not as many vectors as rows of truth.
        NothingLeftError: One side of a split would be empty.
    """
    if not 0 < train_share < 1:
        raise ConfigError(f"train_share is {train_share}; it must lie between 0 and 1")
    if repeats < 1:
        raise ConfigError(f"repeats is {repeats}; it must be 1 or more")
    if len(vectors) != len(truth):
        raise DataError(f"{len(vectors):,} vectors for {len(truth):,} labelled nodes; give as many")
    figures = []
    for repeat in range(repeats):
        order = np.random.default_rng(seed + repeat).permutation(len(truth))
        train, test = _parts(order, train_share)
        if validate:
            train, test = _parts(train, train_share)
        if not len(train) or not len(test):
            raise NothingLeftError(
                f"{len(truth):,} nodes have a label and a vector, too few to train on a share of "
                f"{train_share} and to test on the others."
            )
        figures.append(_f1(truth[test], _likeliest(vectors, truth, train, test)))
    return np.array(figures)


def _parts(order: NDArray[np.int64], share: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    cut = int(len(order) * share)
    return order[:cut], order[cut:]


def _likeliest(
    vectors: NDArray[np.float32],
    truth: NDArray[np.bool_],
    train: NDArray[np.int64],
    test: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Predict for each node under test as many labels as it has.

    A label that no training node has, or all of them, cannot be learnt, and comes last.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    scores = np.full((len(test), truth.shape[1]), -np.inf)
    for label in range(truth.shape[1]):
        wanted = truth[train, label]
        if wanted.any() and not wanted.all():
            model = LogisticRegression(solver="liblinear", random_state=0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # the papers' setting
                model.fit(vectors[train], wanted)
            scores[:, label] = model.decision_function(vectors[test])
    predicted = np.zeros_like(truth[test])
    order = np.argsort(-scores, axis=1, kind="stable")
    for row, k in enumerate(truth[test].sum(axis=1)):
        predicted[row, order[row, :k]] = True
    return predicted


def _f1(truth: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> tuple[float, float]:
    """Return micro-F1 and macro-F1; a label that nobody has or predicts counts 0, as is usual."""
    right = (truth & predicted).sum(axis=0)
    both = truth.sum(axis=0) + predicted.sum(axis=0)
    micro = 2 * right.sum() / max(both.sum(), 1)
    return float(micro), float((2 * right / np.maximum(both, 1)).mean())


def _over_repeats(values: NDArray[np.float64]) -> Figure:
    """Return the mean of repeats; leaving one out in turn gives Student's interval of a mean."""
    n, mean = len(values), float(values.mean())
    if n < 2:
        return Figure(mean, mean, mean, n)
    low, high = jackknife_interval(mean, (values.sum() - values) / (n - 1)) or (mean, mean)
    return Figure(mean, low, high, n)
