"""The adapter ``text``: files of any text become sequences of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.adapters.base import BATCH_ROWS, ITEM_ID, SEQUENCE_ID, Place, marked
from x2vec.adapters.files.names import short_names
from x2vec.adapters.text.blocks import Block, blocks_of
from x2vec.adapters.text.documents import find_documents
from x2vec.adapters.text.dropping import rules_of
from x2vec.adapters.text.options import TextOptions
from x2vec.adapters.text.phrases import Joiner, learn_phrases
from x2vec.adapters.text.tokens import Tokeniser

__all__ = ["TextAdapter"]

_JOINED: Final = "token joined to the one before as a phrase"


class TextAdapter:
    """Reads words, in the order of the text."""

    name = "text"
    options = TextOptions
    ordered = True

    def read(self, options: TextOptions) -> Iterator[pa.RecordBatch]:
        """Yield the tokens, sequence by sequence.

        Sequences are numbered from 1 on through all files, lines of one file as they are; whole
        documents go by their names. A token that is dropped is counted as left out, and so is one
        that is joined to the token before it.

        Raises:
            SourceError: A file is missing, damaged, or not in its encoding.
            UsageError: The pattern is no regular expression.
        """
        documents = find_documents(options.path, options.inside)
        rules = rules_of(options)
        names = None
        if options.sequence == "document" and not options.sentences:
            names = pa.array(short_names([document.name for document in documents]), pa.string())
        with Tokeniser(options) as tokeniser:
            join = None
            if options.phrases:
                join = learn_phrases(
                    lambda: (
                        tokens
                        for block in blocks_of(documents, options, tokeniser, rules)
                        for tokens, _ in _sequences(block)
                    ),
                    options,
                )
            row = 1
            for block in blocks_of(documents, options, tokeniser, rules):
                for batch in _batches(block if join is None else _joined(block, join), names, row):
                    yield batch
                    row += batch.num_rows


def _batches(block: Block, names: pa.Array | None, row: int) -> Iterator[pa.RecordBatch]:
    ids = pa.array(block.owners) if names is None else names.take(pa.array(block.owners - 1))
    whole = pa.RecordBatch.from_arrays([ids, block.tokens], names=[SEQUENCE_ID, ITEM_ID])
    for start in range(0, max(whole.num_rows, 1), BATCH_ROWS):
        dropped = {} if start else block.dropped
        batch = whole.slice(start, BATCH_ROWS)
        yield marked(batch, Place(block.source, row + start), left_out=dropped)


def _joined(block: Block, join: Joiner) -> Block:
    """Join tokens that make a phrase; one over the border of two blocks stays apart."""
    tokens: list[str] = []
    owners: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for one, owner in _sequences(block):
        phrased = join(one)
        tokens += phrased
        owners.append(np.full(len(phrased), owner))
    n_joined = len(block.tokens) - len(tokens)
    dropped = Counter(block.dropped) + Counter({_JOINED: n_joined})
    return Block(block.source, pa.array(tokens, pa.string()), np.concatenate(owners), dict(dropped))


def _sequences(block: Block) -> Iterator[tuple[list[str], int]]:
    """Yield the tokens of each sequence of a block, and its number."""
    tokens = block.tokens.to_pylist()
    starts = np.flatnonzero(np.diff(block.owners, prepend=0))
    for start, end in zip(starts, np.append(starts, len(tokens))[1:], strict=True):
        yield tokens[start:end], int(block.owners[start])
