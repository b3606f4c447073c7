"""Some text at a time, from all documents in turn: pieces of sequences, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.adapters.text.documents import Document
from x2vec.adapters.text.dropping import Rules, drop
from x2vec.adapters.text.options import TextOptions
from x2vec.adapters.text.pieces import Piece, pieces_of
from x2vec.adapters.text.sentences import sentences_of
from x2vec.adapters.text.tokens import Tokeniser

__all__ = ["Block", "blocks_of"]

_ENOUGH: Final = 1 << 20
"""Signs of a block; it goes on to the end of a sequence where that is not too far."""

_TOO_MUCH: Final = 2 * _ENOUGH


@dataclass(frozen=True, eq=False)
class Block:
    """The tokens of some text, in order.

    Attributes:
        source: The document in which it ends.
        tokens: (n_tokens,) text, never empty.
        owners: (n_tokens,) the numbers of their sequences, counted from 1 through all documents.
        dropped: How many other tokens there were, by the reason for which they were dropped.
    """

    source: str
    tokens: pa.Array
    owners: NDArray[np.int64]
    dropped: dict[str, int]


def blocks_of(
    documents: Sequence[Document], options: TextOptions, tokeniser: Tokeniser, rules: Rules
) -> Iterator[Block]:
    """Read the documents, and yield their tokens without those that the rules drop.

    Raises:
        SourceError: A document cannot be read.
    """
    texts: list[str] = []
    numbers: list[int] = []
    n_signs, number, name = 0, 1, ""
    is_document = options.sequence == "document" and not options.sentences
    for index, document in enumerate(documents, start=1):
        name = document.name
        if is_document:  # also where an empty one went before
            number = index
        for piece in _pieces(document, options):
            texts.append(piece.text)
            numbers.append(number)
            n_signs += len(piece.text)
            number += piece.ends
            if n_signs > _TOO_MUCH or (n_signs > _ENOUGH and piece.ends):
                yield _block(texts, numbers, name, tokeniser, rules)
                texts, numbers, n_signs = [], [], 0
    yield _block(texts, numbers, name, tokeniser, rules)


def _pieces(document: Document, options: TextOptions) -> Iterator[Piece]:
    with document.open(options.encoding) as text:
        pieces = pieces_of(text, options.sequence, name=document.name)
        yield from sentences_of(pieces) if options.sentences else pieces


def _block(
    texts: list[str], numbers: list[int], name: str, tokeniser: Tokeniser, rules: Rules
) -> Block:
    lists = tokeniser.tokens_of(texts)
    owners = np.repeat(np.array(numbers, np.int64), np.diff(lists.offsets.to_numpy()))
    tokens, owners, dropped = drop(lists.values, owners, rules)
    return Block(name, tokens, owners, dropped)
