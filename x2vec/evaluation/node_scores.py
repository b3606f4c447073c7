"""What node classification gives: F1 at each share of training nodes, mean over repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec._text import aligned
from x2vec.evaluation.figure import Figure
from x2vec.evaluation.intervals import jackknife_interval

__all__ = ["NodeClassification", "NodeScores"]


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


def _over_repeats(values: NDArray[np.float64]) -> Figure:
    """Return the mean of repeats; leaving one out in turn gives Student's interval of a mean."""
    n, mean = len(values), float(values.mean())
    if n < 2:
        return Figure(mean, mean, mean, n)
    low, high = jackknife_interval(mean, (values.sum() - values) / (n - 1)) or (mean, mean)
    return Figure(mean, low, high, n)
