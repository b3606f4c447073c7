"""Trains ELSA: steps that are a few matrix products each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from x2vec.corpus import Corpus
from x2vec.training.control import Control, Matrices
from x2vec.training.elsa.learner import ElsaLearner
from x2vec.training.elsa.model import Elsa
from x2vec.training.stepping import train_in_steps

__all__ = ["fit_elsa"]


def fit_elsa(corpus: Corpus, parameters: Elsa, control: Control) -> Matrices:
    """Train; the same seed gives the same bytes with any number of workers.

    Raises:
        DivergedError: The loss stopped being finite.
    """
    from threadpoolctl import threadpool_limits

    parameters = parameters.for_catalogue(corpus.n_items)
    pool = ThreadPoolExecutor(control.workers, thread_name_prefix="x2vec-train")
    with threadpool_limits(1, "blas"), pool:  # tiles of rows run side by side instead
        learner = ElsaLearner(corpus, parameters, control, pool if control.workers > 1 else None)
        return train_in_steps(learner, parameters, control, n_tokens=corpus.n_tokens)
