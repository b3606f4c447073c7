"""Questions: queries by id, each with its history in rows of the items, and what was not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus import Sequences
from x2vec.corpus.blocks import offsets_of
from x2vec.corpus.ids import id_array
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.recommendation.histories import Histories

__all__ = ["Questions"]


@dataclass(frozen=True, eq=False)
class Questions:
    """What is asked: the history of each query, without the items that nobody knows.

    Attributes:
        ids: (n_queries,) string or int64; one may stand twice.
        histories: In rows of the items that are asked; one may be empty.
        unknown: The items of histories that are not known, each once; None for missing ids.
        n_unknown: How often such an item stood in a history.
        segments: (n_queries,) string or int64, the segment of each query, null where it has none;
            None where nobody speaks of segments.
        liked: From columns of the item table to (n_queries,) what each query says that it likes of
            it, as ``Preferences.by_column`` takes it; empty where nobody says anything.

    Raises:
        ValueError: There are not as many ids, histories, segments and likings.
    """

    ids: pa.Array
    histories: Histories
    unknown: tuple[Any, ...] = ()
    n_unknown: int = 0
    segments: pa.Array | None = None
    liked: Mapping[str, pa.Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_segments = len(self.ids) if self.segments is None else len(self.segments)
        if not len(self.ids) == len(self.histories) == n_segments:
            raise ValueError(
                f"{len(self.ids)} ids for {len(self.histories)} histories and {n_segments} segments"
            )
        for column, liked in self.liked.items():
            if len(liked) != len(self.ids):
                raise ValueError(f"{len(liked)} likings of {column} for {len(self.ids)} ids")

    def __len__(self) -> int:
        """Return the number of queries."""
        return len(self.ids)

    @classmethod
    def of(cls, embeddings: Embeddings, asked: Any) -> Self:
        """Write histories in rows of the items of embeddings.

        Args:
            embeddings: Whose items are asked.
            asked: Lists of items, the latest last, whose queries are called 0, 1, 2 ...; a mapping
                from query to list; or sequences, whose ids are those of the queries.

        Raises:
            UsageError: It is none of that, such as one text, or one list of items.
            SourceError: A value that can be no id.
            UnknownItemError: The histories hold text where the items are integers, or the other
                way.

        Example:
            >>> embeddings = Embeddings(["tea", "jam"], [[1.0], [2.0]], counts=[3, 1])
            >>> questions = Questions.of(embeddings, {"ann": ["jam", "ham"], "bob": []})
            >>> questions.ids.to_pylist(), questions.histories.lengths.tolist(), questions.unknown
            (['ann', 'bob'], [1, 0], ('ham',))
        """
        if isinstance(asked, Sequences):
            items = asked.items.take(pa.array(asked.codes))
            return cls.written(
                embeddings,
                asked.ids,
                items,
                asked.offsets,
                times=asked.times if asked.has_clock else None,
                weights=asked.weights,
            )
        if isinstance(asked, Mapping):
            ids, _ = id_array(list(asked), what="query")
            if ids.null_count:
                raise UsageError("histories: a key is None, NaN or empty; queries need an id.")
            lists = [_listed(one, f"of query {key!r}") for key, one in asked.items()]
        elif isinstance(asked, str | bytes) or not isinstance(asked, Iterable):
            raise UsageError(
                f"histories: got {type(asked).__name__}; expected lists of items, one a query, a "
                "mapping from query to list, Sequences or a table. One history is [[...]]."
            )
        else:
            lists = [_listed(one, f"number {number}") for number, one in enumerate(asked)]
            ids = pa.array(np.arange(len(lists)))
        items, _ = id_array([item for one in lists for item in one])
        lengths = np.fromiter(map(len, lists), np.int64, len(lists))
        return cls.written(embeddings, ids, items, offsets_of(lengths))

    @classmethod
    def written(
        cls,
        embeddings: Embeddings,
        ids: pa.Array,
        items: pa.Array,
        offsets: NDArray[np.int64],
        segments: pa.Array | None = None,
        *,
        times: NDArray[np.int64] | None = None,
        weights: NDArray[np.float32] | None = None,
    ) -> Self:
        """Write histories that are flat already.

        Args:
            embeddings: Whose items are asked.
            ids: (n_queries,).
            items: (n_tokens,) string or int64, history after history; null for a missing id.
            offsets: (n_queries + 1,); history ``i`` is ``items[offsets[i]:offsets[i + 1]]``.
            segments: (n_queries,), or None.
            times: (n_tokens,) microseconds since 1970, or None.
            weights: (n_tokens,) what each event weighs, or None.

        Raises:
            UnknownItemError: As for ``of``.
        """
        if items.type != embeddings.items.type and items.null_count < len(items):
            raise embeddings.lookup.unknown(items.drop_null().unique()[:5].to_pylist())
        rows = embeddings.lookup.rows(items)
        written = np.asarray(rows.fill_null(0), dtype=np.int32)
        histories = Histories(written, offsets, len(embeddings), times, weights)
        histories = histories.keep(np.asarray(rows.is_valid()))
        lost = items.filter(rows.is_null())
        return cls(ids, histories, tuple(lost.unique().to_pylist()), len(lost), segments)


def _listed(one: Any, which: str) -> list[Any]:
    """Return the items of one history as Python's list."""
    if isinstance(one, str | bytes | Mapping) or not isinstance(one, Iterable):
        raise UsageError(
            f"histories: the one {which} is {str(one)[:40]!r}, of type {type(one).__name__}; "
            "expected a list of items. One history is [[...]]."
        )
    return one.tolist() if isinstance(one, np.ndarray) else _plain(one)


def _plain(one: Iterable[Any]) -> list[Any]:
    return one.to_pylist() if isinstance(one, pa.Array | pa.ChunkedArray) else list(one)
