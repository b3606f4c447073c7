"""Analogies: Athens is to Greece as Oslo is to ... - is the nearest word Norway?

By the sum of cosines that Levy and Goldberg call 3CosAdd ("Linguistic Regularities in Sparse and
Explicit Word Representations", 2014), on questions as Mikolov et al. gave them ("Efficient
Estimation of Word Representations in Vector Space", 2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec._text import aligned
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, NothingLeftError
from x2vec.evaluation.figure import Figure, mean_of
from x2vec.evaluation.intervals import RESAMPLES
from x2vec.evaluation.words.files import read_analogies
from x2vec.evaluation.words.lookup import WordRows
from x2vec.search import Excluded, top_k
from x2vec.search.cosine import normalized

__all__ = ["Analogies", "Section", "analogies"]


@dataclass(frozen=True)
class Section:
    """The questions of one kind.

    Attributes:
        name: What the file calls them.
        accuracy: The share of those with four known words that are answered rightly; None where
            there are none.
        n_questions: Questions given.
        n_unknown: Those with an unknown word, which are not asked.
    """

    name: str
    accuracy: Figure | None
    n_questions: int
    n_unknown: int


@dataclass(frozen=True)
class Analogies:
    """How many analogies the vectors complete.

    Attributes:
        sections: Kind after kind, in the order of the file.
        accuracy: The share of all questions asked that are answered rightly. Its interval draws
            pairs, as ``Athens Greece``, with all the questions that start with them.
        n_questions: Questions given.
        n_unknown: Those with an unknown word, which are not asked; if they counted as wrong, the
            accuracy would be ``accuracy.value * accuracy.n / n_questions``.
    """

    sections: tuple[Section, ...]
    accuracy: Figure
    n_questions: int
    n_unknown: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "sections": [
                {
                    "name": one.name,
                    "accuracy": None if one.accuracy is None else one.accuracy.to_dict(),
                    "n_questions": one.n_questions,
                    "n_unknown": one.n_unknown,
                }
                for one in self.sections
            ],
            "accuracy": self.accuracy.to_dict(),
            "n_questions": self.n_questions,
            "n_unknown": self.n_unknown,
        }

    def __str__(self) -> str:
        total = Section("all", self.accuracy, self.n_questions, self.n_unknown)
        rows = [["analogies", "right", "asked", "unknown word"]]
        rows += [
            [
                one.name,
                "-" if one.accuracy is None else str(one.accuracy),
                f"{one.n_questions - one.n_unknown:,}",
                f"{one.n_unknown:,}",
            ]
            for one in (*self.sections, total)
        ]
        return "\n".join(aligned(rows, right={1, 2, 3}))


def analogies(
    embeddings: Embeddings,
    questions: str | Path | Mapping[str, Iterable[tuple[str, str, str, str]]],
    *,
    most_frequent: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Analogies:
    """Answer ``a is to b as c is to ?`` by the word nearest to ``b - a + c``, of unit vectors.

    The three words of a question are no answers. A word is looked up as it is written, and else in
    lower case.

    Args:
        embeddings: The words.
        questions: Four words each, by section, or a file of them, such as ``questions-words.txt``;
            see ``read_analogies``.
        most_frequent: Answer from so many words of the highest counts; a question with another is
            unknown. From all unless given.
        resamples: How often pairs are drawn for the intervals.
        seed: Decides which.

    Raises:
        ConfigError: ``most_frequent`` or ``resamples`` is below 1.
        NothingLeftError: No question has four known words.
        SourceError: The file cannot be read.

    Example:
        >>> grid = [[1, 0, 0], [1, 0, 1], [0, 1, 0], [0, 1, 1]]
        >>> words = Embeddings(["man", "king", "woman", "queen"], grid, counts=[4, 3, 2, 1])
        >>> royal = {"royal": [("man", "king", "woman", "queen"), ("man", "king", "ox", "cow")]}
        >>> found = analogies(words, royal)
        >>> found.accuracy.value, found.n_unknown
        (1.0, 1)
    """
    if most_frequent is not None and most_frequent < 1:
        raise ConfigError(f"most_frequent is {most_frequent}; it must be 1 or more, or None")
    given = questions if isinstance(questions, Mapping) else read_analogies(questions)
    sections = {name: list(some) for name, some in given.items()}
    allowed = np.argsort(-embeddings.counts, kind="stable")[:most_frequent]
    place = np.full(len(embeddings), len(embeddings))
    place[allowed] = np.arange(len(allowed))
    lookup = WordRows(embeddings)
    asked, names = [], []
    for name, some in sections.items():
        for words in some:
            rows = [row for word in words if (row := lookup.row(word)) is not None]
            if len(rows) == 4 and (place[rows] < len(allowed)).all():
                asked.append(place[rows])
                names.append(name)
    n_questions = sum(map(len, sections.values()))
    if not asked:
        raise NothingLeftError(
            f"None of {n_questions:,} questions has four words that the embeddings hold. "
            "Train on more text, or lower min_count."
        )
    quads, section = np.array(asked), np.array(names)
    right = _right(normalized(embeddings.vectors[allowed]), quads)
    _, pair = np.unique(quads[:, :2], axis=0, return_inverse=True)

    def figure(of: NDArray[np.bool_]) -> Figure:
        return mean_of(right[of], pair.ravel()[of], resamples=resamples, seed=seed)

    return Analogies(
        sections=tuple(
            Section(
                name,
                figure(section == name) if (section == name).any() else None,
                len(some),
                len(some) - int((section == name).sum()),
            )
            for name, some in sections.items()
        ),
        accuracy=figure(np.ones(len(right), dtype=np.bool_)),
        n_questions=n_questions,
        n_unknown=n_questions - len(quads),
    )


def _right(units: NDArray[np.float32], quads: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return 1 for each question whose nearest word is the fourth, else 0."""
    queries, which = np.unique(quads[:, :3], axis=0, return_inverse=True)
    sums = units[queries[:, 1]] - units[queries[:, 0]] + units[queries[:, 2]]
    found = top_k(sums, units, 1, exclude=Excluded.of(queries))
    answers = np.zeros(len(queries), dtype=np.int64)
    has_answer = found.counts > 0  # not so where the question holds all words
    answers[has_answer] = found.rows
    asked = which.ravel()
    right: NDArray[np.float64] = np.where(
        has_answer[asked] & (answers[asked] == quads[:, 3]), 1.0, 0.0
    )
    return right
