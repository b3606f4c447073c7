"""Views of similarity: complements, substitutes, and why two items are near or far."""

from __future__ import annotations

from typing import Any

from x2vec import similarity as _similarity
from x2vec.embeddings import Embeddings, Neighbors, Unknown
from x2vec.similarity import Explanation

__all__ = ["complements", "explain", "substitutes"]


def complements(
    embeddings: Embeddings,
    items: Any,
    k: int = 10,
    *,
    where: str | None = None,
    allow: Any = None,
    exclude: Any = None,
    unknown: Unknown = "error",
) -> Neighbors:
    """Return what goes with items: what is together with them more often than chance has it.

    The score is a lift: so many times as often as by chance the two are together, at least, with
    95 % certainty. What the model makes of the pair is the guess, what was counted corrects it.

    Args:
        embeddings: With context vectors and evidence, as ``train`` makes them and ``load`` opens
            them.
        items: One item or many, each a query of its own.
        k: How many items a query gets; fewer where fewer may be shown.
        where: A condition in SQL that answers meet, over the columns of the metadata, ``item_id``,
            ``count`` and ``origin``.
        allow: The only items that may be answers; None for all.
        exclude: Items that are no answers.
        unknown: ``"error"`` raises for unknown items; ``"report"`` answers the others and lists
            these in ``Neighbors.unknown``.

    Raises:
        UnknownItemError: An item is unknown; the message names the closest known ones.
        UsageError: The embeddings keep no evidence or have no context vectors, ``k`` is below 1, or
            ``where`` is no condition.

    Example:
        >>> from x2vec.api import train
        >>> from x2vec.corpus import Sequences
        >>> carts = [["hammer", "nails"], ["hammer", "nails", "tape"], ["tape", "paint"]] * 20
        >>> tools = train(Sequences.from_lists(carts, ordered=False), seed=1)
        >>> complements(tools, "hammer", k=1).item_id.to_pylist()
        ['nails']
    """
    return _similarity.complements(
        embeddings, items, k, where=where, allow=allow, exclude=exclude, unknown=unknown
    )


def substitutes(
    embeddings: Embeddings,
    items: Any,
    k: int = 10,
    *,
    where: str | None = None,
    allow: Any = None,
    exclude: Any = None,
    unknown: Unknown = "error",
) -> Neighbors:
    """Return what is taken instead of items: what is like them and seldom together with them.

    The score is the cosine, damped by what the lift of the pair is at most, with 95 % certainty.
    So a pair that may be apart by accident stands below one that would have met.

    Args:
        embeddings: With evidence, as ``train`` makes them and ``load`` opens them.
        items: As in ``complements``, and so are the others.
        k: How many items a query gets; fewer where fewer may be shown.
        where: A condition in SQL that answers meet.
        allow: The only items that may be answers; None for all.
        exclude: Items that are no answers.
        unknown: ``"error"`` or ``"report"``.

    Raises:
        UnknownItemError: An item is unknown; the message names the closest known ones.
        UsageError: The embeddings keep no evidence, ``k`` is below 1, or ``where`` is no condition.

    Example:
        >>> from x2vec.api import train
        >>> from x2vec.corpus import Sequences
        >>> carts = [["tea", "milk"], ["tea", "sugar"], ["coffee", "milk"], ["coffee", "sugar"]]
        >>> cafe = train(Sequences.from_lists(carts * 20, ordered=False), seed=1)
        >>> substitutes(cafe, "tea", k=1).item_id.to_pylist()
        ['coffee']
    """
    return _similarity.substitutes(
        embeddings, items, k, where=where, allow=allow, exclude=exclude, unknown=unknown
    )


def explain(embeddings: Embeddings, a: Any, b: Any) -> Explanation:
    """Say what vectors and training sequences say of two items.

    Args:
        embeddings: With evidence, as ``train`` makes them and ``load`` opens them.
        a: An item.
        b: Another one.

    Returns:
        How alike they are, how often they were together and would have been by chance, the lift,
        items that go with both, and ids of sequences that hold both. Printing it is enough;
        ``to_dict`` gives the values. Low support is said.

    Raises:
        UnknownItemError: An item is unknown; the message names the closest known ones.
        UsageError: The embeddings keep no evidence, or the two are one item.

    Example:
        >>> from x2vec.api import train
        >>> from x2vec.corpus import Sequences
        >>> carts = [["tea", "milk"], ["tea", "milk", "jam"], ["jam", "bread"]] * 10
        >>> shop = train(Sequences.from_lists(carts, ordered=False), seed=1)
        >>> why = explain(shop, "tea", "milk")
        >>> why.together, why.sequences_a, why.examples, why.is_low
        (20, 20, (0, 1, 3), False)
    """
    return _similarity.explain(embeddings, a, b)
