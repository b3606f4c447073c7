"""Pieces of text become tokens, those of many pieces at once: found by DuckDB or by Arrow.

Patterns are RE2's, whose time is linear in the text, so that none can run away.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.tables.duck import connect, literal
from x2vec.adapters.text.options import TextOptions
from x2vec.errors import UsageError

__all__ = ["Tokeniser"]

_LETTERS: Final = r"[\p{L}\p{M}\p{N}]+"
_WORDS: Final = rf"\p{{N}}+(?:[.,]\p{{N}}+)+|{_LETTERS}(?:['\x{{2019}}-]{_LETTERS})*"
"""Numbers, and words with single hyphens and apostrophes, straight or curly, inside."""

_SAMPLES: Final = ("", "a", "a b", "1.5", ".")
"""In none of these may a pattern match nothing: it would find tokens between all signs."""


class Tokeniser:
    """Finds the tokens in texts; a context, as it holds a connection.

    Raises:
        UsageError: The pattern is none of RE2's, or matches where there is nothing.
    """

    def __init__(self, options: TextOptions) -> None:
        self._tagged = options.tagged
        self._lowercase = options.lowercase
        is_split = options.tagged is not None or options.tokens == "whitespace"
        self._pattern = options.pattern or (None if is_split else _WORDS)
        self._duck = connect()
        if options.pattern is not None:
            self._check(options.pattern)

    def __enter__(self) -> Tokeniser:
        return self

    def __exit__(self, *_: object) -> None:
        self._duck.close()

    def tokens_of(self, texts: list[str]) -> pa.ListArray:
        """Return the tokens of each text, ``(n_texts,)`` lists of text."""
        lists = self._found(pa.array(texts, pa.string()))
        tokens = lists.values
        if self._tagged is not None:
            tokens = _untagged(tokens, self._tagged)
        if self._lowercase:
            tokens = pc.utf8_lower(tokens)
        return pa.ListArray.from_arrays(lists.offsets, tokens)

    def _found(self, texts: pa.Array) -> pa.ListArray:
        if self._pattern is None:
            words = pc.utf8_split_whitespace(texts)
            return _without_empty(words)
        source = self._duck.from_arrow(pa.table({"text": texts}))
        extract = f"SELECT regexp_extract_all(text, {literal(self._pattern)}) FROM texts"
        found = source.query("texts", extract).to_arrow_table().column(0)
        return found.combine_chunks().cast(pa.list_(pa.string()))

    def _check(self, pattern: str) -> None:
        import duckdb

        try:
            found = [token for one in self._found(pa.array(_SAMPLES)).to_pylist() for token in one]
        except duckdb.Error as error:
            reason = str(error).strip().splitlines()[0].removeprefix("Invalid Input Error: ")
            raise UsageError(
                f"pattern: {pattern!r} is no regular expression of RE2 ({reason}). Mend it; "
                "RE2 has no looking ahead or behind."
            ) from error
        if "" in found:
            raise UsageError(f"pattern: {pattern!r} matches where there is nothing; use + for *.")


def _without_empty(lists: pa.ListArray) -> pa.ListArray:
    """Drop the empty tokens that splitting leaves at the ends of a text."""
    is_token = pc.greater(pc.binary_length(lists.values), 0).to_numpy(zero_copy_only=False)
    before = np.append(0, np.cumsum(is_token, dtype=np.int32))
    offsets = pa.array(before[lists.offsets.to_numpy()], pa.int32())
    return pa.ListArray.from_arrays(offsets, lists.values.filter(pa.array(is_token)))


def _untagged(tokens: pa.Array, sign: str) -> pa.Array:
    """Cut each token at its last sign; one without the sign stays as it is."""
    return pc.list_element(pc.split_pattern(tokens, sign, max_splits=1, reverse=True), 0)
