"""Explaining: what there is to say of two items, as one small value."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import log2
from typing import Any, Final

import numpy as np

from x2vec._text import printable
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.search import cosine
from x2vec.similarity.lifts import lift_at_least
from x2vec.similarity.views import evidence_of

__all__ = ["LOW_SUPPORT", "Explanation", "explain"]

LOW_SUPPORT: Final = 5
"""Fewer meetings, or fewer expected where there are none, tell little."""

_CONTEXTS: Final = 5


@dataclass(frozen=True)
class Explanation:
    """What the vectors and the training sequences say of two items.

    Attributes:
        a: An item.
        b: Another one.
        cosine: How alike their vectors are.
        together: How many sequences hold both, at most ``reach`` steps apart, as far as kept.
        at_most: How many it may be: ``together`` where the pair is kept, the most that a pair which
            is not kept can have where it is not.
        expected: How many it would be by chance.
        lift: ``together / expected``; 0 where chance expects nothing.
        sequences_a: How many sequences hold ``a``.
        sequences_b: How many sequences hold ``b``.
        n_sequences: How many were counted.
        reach: Steps.
        contexts: Up to five items that go with both, the one that goes best with the lesser of the
            two first: ``(item, with a, with b)``, in how many sequences.
        examples: Ids of up to three sequences that hold both.
    """

    a: Any
    b: Any
    cosine: float
    together: int
    at_most: int
    expected: float
    lift: float
    sequences_a: int
    sequences_b: int
    n_sequences: int
    reach: int
    contexts: tuple[tuple[Any, int, int], ...]
    examples: tuple[Any, ...]

    @property
    def pmi(self) -> float | None:
        """The pointwise mutual information in bits, the logarithm of the lift; None at lift 0."""
        return log2(self.lift) if self.lift > 0 else None

    @property
    def support(self) -> float:
        """What the lift rests on: the meetings there were, or those expected where that is more."""
        return max(float(self.together), self.expected)

    @property
    def is_low(self) -> bool:
        """Whether the support is so low that the lift may be an accident."""
        return self.support < LOW_SUPPORT

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        contexts = [
            {"item_id": item, "with_a": near, "with_b": far} for item, near, far in self.contexts
        ]
        return {
            **asdict(self),
            "pmi": self.pmi,
            "support": self.support,
            "is_low": self.is_low,
            "contexts": contexts,
            "examples": list(self.examples),
        }

    def __str__(self) -> str:
        return "\n".join(printable(line) for line in self._lines())

    def _repr_html_(self) -> str:
        """Return a list for a notebook; whatever ids hold is shown as text."""
        head, *lines = self._lines()
        points = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
        return f"<p>{html.escape(head)}</p><ul>{points}</ul>"

    def _lines(self) -> Iterator[str]:
        yield f"{self.a} and {self.b}"
        yield f"alike: cosine {self.cosine:.3f}"
        yield self._met()
        yield f"by chance: {self.expected:,.1f}{self._lift()}"
        if self.is_low:
            yield f"low support: below {LOW_SUPPORT} meetings and expected ones, it may be accident"
        shared = ", ".join(f"{item} ({near:,}, {far:,})" for item, near, far in self.contexts)
        yield f"both go with: {shared or 'nothing that is kept'}"
        if self.examples:
            yield f"together in: {', '.join(map(str, self.examples))}"

    def _lift(self) -> str:
        if self.together < self.at_most:  # nobody knows
            return ""
        pmi = "" if self.pmi is None else f", PMI {self.pmi:+.1f} bits"
        return f", so the lift is {self.lift:.2f}{pmi}"

    def _met(self) -> str:
        of = (
            f"of {self.n_sequences:,} sequences {self.sequences_a:,} hold the first, "
            f"{self.sequences_b:,} the second"
        )
        if self.together:
            return f"together in {self.together:,}: {of}"
        if self.at_most:
            return f"together in {self.at_most:,} at most, not among the pairs kept: {of}"
        return f"never together: {of}"


def explain(embeddings: Embeddings, a: Any, b: Any) -> Explanation:
    """Say what there is to say of two items; see ``x2vec.explain``."""
    evidence = evidence_of(embeddings, "explain")
    rows = [embeddings.lookup.known_row(item) for item in (a, b)]
    one, other = rows
    if one == other:
        raise UsageError(f"explain: {a!r} twice; give two different items.")
    count = evidence.count(one, other)
    bound = int(min(evidence.at_most[one], evidence.at_most[other]))
    expected = float(evidence.expected(one, other))
    items = embeddings.items
    return Explanation(
        a=items[one].as_py(),
        b=items[other].as_py(),
        cosine=cosine(embeddings.vectors[one], embeddings.vectors[other]),
        together=count or 0,
        at_most=bound if count is None else count,
        expected=expected,
        lift=(count or 0) / expected if expected else 0.0,
        sequences_a=int(evidence.sequences[one]),
        sequences_b=int(evidence.sequences[other]),
        n_sequences=evidence.n_sequences,
        reach=evidence.reach,
        contexts=tuple(_contexts(embeddings, one, other)),
        examples=tuple(evidence.examples(one, other)),
    )


def _contexts(embeddings: Embeddings, one: int, other: int) -> Iterator[tuple[Any, int, int]]:
    """Give the items that are with both more often than by chance, by the lesser lift."""
    evidence = evidence_of(embeddings, "explain")
    (near, met_near), (far, met_far) = (evidence.pairs.of(row) for row in (one, other))
    shared, at_near, at_far = np.intersect1d(near, far, assume_unique=True, return_indices=True)
    met = np.stack([met_near[at_near], met_far[at_far]])
    often = (met > evidence.expected(np.array([[one], [other]]), shared)).all(axis=0)
    lifts = np.minimum(*(lift_at_least(evidence, row)[shared] for row in (one, other)))
    for place in np.argsort(-np.where(often, lifts, 0), kind="stable")[
        : min(often.sum(), _CONTEXTS)
    ]:
        item = embeddings.items[int(shared[place])].as_py()
        yield item, int(met[0, place]), int(met[1, place])
