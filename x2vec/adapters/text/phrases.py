"""Pairs of tokens that belong together become one, by gensim's ``Phrases``, again and again.

The source is Mikolov et al., Distributed Representations of Words and Phrases and their
Compositionality, 2013, section 4. What is learnt is kept in memory alone, and learnt anew at each
reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from x2vec.adapters.text.options import TextOptions

__all__ = ["Joiner", "learn_phrases"]

_JOIN: Final = "_"

_INNER_JOIN: Final = "\x00\x00"
"""What gensim joins with, as it takes a phrase apart again at each such sign: with ``_``, the
parts of ``new_york times`` would be taken for new, york and times."""

_MOST_COUNTED: Final = 10_000_000
"""Tokens and pairs counted in memory, about 1 GB; beyond them gensim forgets the rarest."""

Joiner = Callable[[list[str]], list[str]]
"""Joins the tokens of a sequence."""


def learn_phrases(read: Callable[[], Iterable[list[str]]], options: TextOptions) -> Joiner:
    """Read the sequences once for each pass, and return what joins their tokens.

    The same sequences give the same phrases.

    Args:
        read: Reads the sequences anew, as lists of tokens, of which none is empty.
        options: How many passes, and what makes a pair a phrase.
    """
    from gensim.models.phrases import Phrases

    learnt: list[Any] = []

    def join(tokens: list[str]) -> list[str]:
        for one in learnt:
            tokens = [token.replace(_INNER_JOIN, _JOIN) for token in one[tokens]]
        return tokens

    def joined() -> Iterator[list[str]]:
        return (join(tokens) for tokens in read())

    for _ in range(options.phrases):
        found = Phrases(
            joined(),
            min_count=options.phrase_min_count,
            threshold=options.phrase_threshold,
            max_vocab_size=_MOST_COUNTED,
            delimiter=_INNER_JOIN,
        )
        learnt.append(found.freeze())
    return join
