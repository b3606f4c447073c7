"""Evidence of a training: which items its sequences held together, put beside the vectors."""

from __future__ import annotations

import dataclasses

from x2vec.embeddings import Embeddings
from x2vec.jobs.steps import Prepared
from x2vec.progress import Listener, silent
from x2vec.similarity import count_together

__all__ = ["with_evidence"]


def with_evidence(
    embeddings: Embeddings, prepared: Prepared, *, listen: Listener = silent
) -> Embeddings:
    """Return embeddings that keep what the sequences they were trained on say of pairs of items.

    Args:
        embeddings: Their items are those of the vocabulary, in its order; others may follow.
        prepared: What they were trained on.
        listen: Hears the progress.
    """
    counted = count_together(prepared.corpus, prepared.ids, listen=listen)
    n_more = len(embeddings) - len(counted)
    return dataclasses.replace(embeddings, evidence=counted.extended(n_more))
