"""Node classification: are the labels of a node to be read off its vector?

As DeepWalk and node2vec are measured (Perozzi et al. 2014, "DeepWalk"; Grover and Leskovec 2016,
"node2vec"): a share of the nodes, drawn anew in each repeat, trains one logistic regression for
each label. Of each other node the number of labels is known, and so many are predicted, the
likeliest.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, DataError, NothingLeftError
from x2vec.evaluation.labels import Labels
from x2vec.evaluation.node_scores import NodeClassification, NodeScores

__all__ = ["classify_nodes", "node_classification"]


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
