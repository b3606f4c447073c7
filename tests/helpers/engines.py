"""Engines for tests, offered the way that plug-ins are."""

from importlib.metadata import EntryPoint

from x2vec.progress import Progress
from x2vec.training import State


def offer(monkeypatch, engine):
    """Offer an engine by its name, beside nothing else."""

    class Offered(EntryPoint):
        def load(self):
            return engine

    def offered(group):
        return [Offered(engine.name, "tests:Engine", group)] if "engines" in group else []

    monkeypatch.setattr("x2vec._plugins.entry_points", offered)


def engine_of(epochs, *, can=("start", "keep", "is_enough")):
    """Make an engine whose matrices after each epoch are those that a function gives.

    Args:
        epochs: Takes the corpus and an epoch from 1, gives its Matrices.
        can: What the engine says that it can.
    """

    class Engine:
        name = "made"

        def fit(self, corpus, parameters, control):
            first = 0 if control.start is None else control.start.epoch
            matrices = None if control.start is None else control.start.matrices
            try:
                for epoch in range(first, parameters.epochs):
                    matrices = epochs(corpus, epoch + 1)
                    done, total = (epoch + 1) * corpus.n_tokens, parameters.epochs * corpus.n_tokens
                    control.listen(Progress("train", done, total, "tokens"))
                    if control.is_enough is not None and control.is_enough(matrices):
                        break
                    if control.keep is not None and control.keep_every < 1:
                        control.keep(State(matrices, epoch + 1))
            except KeyboardInterrupt:
                if control.keep is not None and matrices is not None:
                    control.keep(State(matrices, epoch))
                raise
            return matrices

    Engine.can = frozenset(can)
    return Engine
