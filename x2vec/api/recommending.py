"""What comes next for histories: recommend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from x2vec.embeddings import Embeddings, Unknown
from x2vec.errors import UsageError
from x2vec.recommendation import (
    Fallback,
    FallbackKind,
    Questions,
    Recommendations,
    Recommender,
    SegmentCounts,
    Selection,
    columns_named,
    questions_of_table,
)

__all__ = ["recommend"]


def recommend(
    embeddings: Embeddings,
    histories: Any,
    k: int = Selection.k,
    *,
    exclude_seen: bool = Selection.exclude_seen,
    where: str | None = Selection.where,
    allow: Sequence[Any] | None = Selection.allow,
    exclude: Sequence[Any] | None = Selection.exclude,
    diversity: float = Selection.diversity,
    pool: int | None = Selection.pool,
    max_per: Mapping[str, int] | None = None,
    damping: float = Selection.damping,
    fallback: FallbackKind = Selection.fallback,
    preferences: Mapping[Any, Any] | None = None,
    segment_mean: bool = Selection.segment_mean,
    prior_events: float = Selection.prior_events,
    unknown: Unknown = "report",
    item: str | None = None,
    query: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    segment: str | None = None,
    workers: int = 1,
) -> Recommendations:
    """Say what comes next for histories: users, sessions, baskets or playlists.

    A history is asked as the manifest of the embeddings says that they want to be.

    Args:
        embeddings: As they were trained or loaded.
        histories: Lists of items, the latest last, one a query; a mapping from query to list;
            sequences; or a table with ``__arrow_c_stream__`` (Arrow, pandas, polars, DuckDB),
            whose columns ``item``, ``query``, ``time`` and ``weight`` name.
        k: How many items a query gets; fewer where fewer may be shown.
        exclude_seen: Whether a query never gets what its history holds.
        where: A condition in SQL over the metadata columns, ``item_id``, ``count`` and ``origin``,
            such as ``"category = 'snacks' AND price < 5"``; where it is NULL, it is not met.
        allow: The only items that may be shown; None for all.
        exclude: Items that are not shown.
        diversity: From 0, the best items, to 1, items as unlike each other as there are (MMR).
        pool: From so many of the best candidates a list is chosen, where ``diversity`` or
            ``max_per`` ask for it; None for five times ``k``, and at least 100.
        max_per: How many items a list holds at most of one value of a metadata column, such as
            ``{"category": 3}``.
        damping: What the logarithm of an item's count is multiplied with before it is taken from
            its score; 0 takes nothing, and below 0 it is added.
        fallback: Who stands in where nothing of a history is known: ``"popular"``, the items of
            most events; ``"segment-popular"``, those of most events in the histories of the same
            segment; ``"none"``.
        preferences: What queries say that they like, beside their history or without one: from
            query to columns of the item table and values,
            ``{"ann": {"genres": ["Comedy", "Drama"]}}``. Of a table of histories also from columns
            of the item table to columns of that table, ``{"genres": "liked_genres"}``, which hold
            a value, a list, or text such as ``"Comedy|Drama"``; the first row of a query counts.
        segment_mean: Whether what a query's ``segment`` does stands beside its history; what it
            prefers goes before that.
        prior_events: Events of a history that a preference, or the mean of a segment, is worth:
            beside so many it counts half.
        unknown: ``"report"`` asks with the items that are known, and lists the others in
            ``Recommendations.unknown``; ``"error"`` raises for them.
        item: The column of items of a table; where it holds lists, a row is a query.
        query: The column of query ids of a table.
        time: The column that orders the rows of a query; the order of the rows unless given. Where
            the query form of the embeddings has a ``half_life``, it must hold timestamps.
        weight: The column that says what each row weighs, where that form is ``weighted``.
        segment: The column of the queries' segments, for ``fallback="segment-popular"`` and
            ``segment_mean``.
        workers: Threads; any number gives the same answers.

    Returns:
        One table: ``query_id``, ``item_id``, ``rank``, ``score`` and ``source``, who answered;
        and ``origin``, where the item's vector comes from, if any of the embeddings is inferred.
        Queries without a row stand in ``unanswered``.

    Raises:
        UsageError: Histories of another kind or without the times or weights that the query form
            goes by, a condition that cannot be evaluated, a column that is not there or not named.
        ConfigError: A number out of bounds.
        SourceError: A table that cannot be read, or a value that can be no id.
        UnknownItemError: An item is unknown and ``unknown`` is ``"error"``, or the histories hold
            text where the items are integers; the message names the closest known items.

    Example:
        >>> vectors = [[1.0, 0.0], [0.9, 0.1], [0.5, 0.5], [0.0, 1.0]]
        >>> shop = Embeddings(["tent", "stove", "lamp", "novel"], vectors, counts=[4, 3, 2, 2])
        >>> found = recommend(shop, [["tent", "stove"], ["novel"], []], k=1)
        >>> found.item_id.to_pylist(), found.unanswered
        (['lamp', 'lamp'], (2,))
    """
    selection = Selection(
        k=k,
        exclude_seen=exclude_seen,
        where=where,
        allow=allow,
        exclude=exclude,
        diversity=diversity,
        pool=pool,
        max_per=max_per or {},
        damping=damping,
        fallback=fallback,
        segment_mean=segment_mean,
        prior_events=prior_events,
    )
    columns = {"item": item, "query": query, "time": time, "weight": weight, "segment": segment}
    by_column = columns_named(preferences)
    questions = _questions(embeddings, histories, columns, by_column)
    if unknown == "error" and questions.unknown:
        raise embeddings.lookup.unknown(questions.unknown)
    counted = _counted(questions, selection)
    recommender = Recommender.of(
        embeddings, selection, fallback=_fallback(embeddings, counted, fallback), unknown=unknown
    )
    if counted is not None:
        recommender = recommender.with_segments(counted)
    if preferences is not None and by_column is None:
        questions = recommender.with_preferences(questions, preferences)
    return recommender.answer(questions, workers=workers)


def _questions(
    embeddings: Embeddings,
    histories: Any,
    columns: Mapping[str, str | None],
    preferences: Mapping[str, str] | None,
) -> Questions:
    if not isinstance(embeddings, Embeddings):
        raise UsageError(
            f"recommend: got {type(embeddings).__name__}; expected Embeddings, as train and load "
            "return them."
        )
    if hasattr(histories, "__arrow_c_stream__"):
        return questions_of_table(embeddings, histories, preferences=preferences, **columns)
    named = [name for name, column in columns.items() if column is not None]
    named += ["preferences"] if preferences else []
    if named:
        raise UsageError(
            f"recommend: {named[0]} names a column of a table, and the histories are "
            f"{type(histories).__name__}; leave it out."
        )
    return Questions.of(embeddings, histories)


def _counted(questions: Questions, selection: Selection) -> SegmentCounts | None:
    """Return what the segments do, where something is asked of them."""
    asked = 'fallback = "segment-popular"' if selection.fallback == "segment-popular" else ""
    asked = "segment_mean = True" if selection.segment_mean else asked
    if not asked:
        return None
    if questions.segments is None:
        raise UsageError(
            f"recommend: {asked} needs a table of histories and the column of "
            'it that says in which segment a query is: segment = "..."'
        )
    return SegmentCounts.of(questions.histories, questions.segments)


def _fallback(
    embeddings: Embeddings, counted: SegmentCounts | None, kind: FallbackKind
) -> Fallback | None:
    if kind == "none":
        return None
    return Fallback(embeddings.counts, counted if kind == "segment-popular" else None)
