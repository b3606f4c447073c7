"""What the training of a job takes of memory, told before it starts."""

from __future__ import annotations

from x2vec._memory import available, in_words
from x2vec.jobs.config import Training
from x2vec.progress import Listener, Notice
from x2vec.training import Memory, Model, estimate

__all__ = ["memory_of", "tell_memory"]


def memory_of(n_items: int, model: Model, training: Training, *, is_kept: bool) -> Memory | None:
    """Estimate what a training takes beside its corpus; None where the engine is not ours.

    Args:
        n_items: Items that get a vector.
        model: What is learnt.
        training: How.
        is_kept: Whether there is a place for checkpoints.
    """
    asked = {
        "deterministic": training.deterministic,
        "keep": is_kept and training.keeps_checkpoints,
        "is_enough": training.patience > 0,
    }
    needs = {name for name, is_asked in asked.items() if is_asked}
    return estimate(n_items, model, engine=training.engine, needs=needs)


def tell_memory(
    n_items: int, model: Model, training: Training, *, is_kept: bool, listen: Listener
) -> None:
    """Tell the listener, and warn it where the memory that is left will not do."""
    memory = memory_of(n_items, model, training, is_kept=is_kept)
    if memory is None:
        return
    text, left = f"takes about {memory} (beside the corpus)", available()
    if left is not None and memory.total > left:
        ways = ["a smaller vector_size", "a higher min_count"]
        ways += ["deterministic = false"] if training.deterministic else []
        text += (
            f"; only {in_words(left)} of memory are available, so it may be killed. "
            f"Set {' or '.join(ways)}."
        )
    listen(Notice("train", text))
