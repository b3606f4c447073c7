"""Words of a test to rows of embeddings."""

from __future__ import annotations

from x2vec.embeddings import Embeddings

__all__ = ["WordRows"]


class WordRows:
    """Finds a word as it is written, or else in lower case; corpora are often lower-cased.

    Example:
        >>> rows = WordRows(Embeddings(["oslo", "US"], [[1], [2]], counts=[1, 1]))
        >>> rows.row("Oslo"), rows.row("US"), rows.row("us")
        (0, 1, None)
    """

    def __init__(self, embeddings: Embeddings) -> None:
        self._rows = {str(word): row for row, word in enumerate(embeddings)}

    def row(self, word: str) -> int | None:
        """Return the row of a word, None where the embeddings do not hold it."""
        return self._rows.get(word, self._rows.get(word.lower()))
