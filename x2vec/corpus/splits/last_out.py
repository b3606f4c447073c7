"""Leave last out: training keeps every sequence, but for its last item."""

from __future__ import annotations

from x2vec.corpus.blocks import all_but
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.splits.asking import ask_last, chosen
from x2vec.corpus.splits.value import Split
from x2vec.errors import NothingLeftError

__all__ = ["leave_last_out"]


def leave_last_out(sequences: Sequences, *, seed: int = 0) -> Split:
    """Hold out the last item of each sequence of two or more, one at random of each basket.

    Args:
        sequences: What to split.
        seed: Decides which item of a basket is held out.

    Raises:
        NothingLeftError: No sequence holds two events.
    """
    askable = sequences.lengths >= 2
    if not askable.any():
        raise NothingLeftError("Nothing to hold out: no sequence holds two events.")
    held_out = chosen(sequences, askable, seed)
    train = all_but(held_out, sequences.n_events)
    return Split(
        train=sequences.keep(train, reason="held out: last of its sequence"),
        queries=ask_last(sequences, askable, held_out, reason="not asked: too short"),
        rows_held_out=len(held_out),
        description="leave last out" if sequences.ordered else "leave one of each basket out",
    )
