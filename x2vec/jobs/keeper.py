"""A keeper: writes the state of a training to its checkpoint, and says where to go on from."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from typing import Any

from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DamagedError, DataError, StorageError
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.config import Training
from x2vec.jobs.early_stopping import EpochWatch
from x2vec.jobs.kept import ADVICE, Kept, read_facts
from x2vec.progress import Listener, Notice, Progress
from x2vec.training import Model, Side, State

__all__ = ["Keeper"]


class Keeper:
    """Stands between one training and its checkpoint.

    Args:
        checkpoint: The place.
        corpus: What is trained on.
        model: What is learnt.
        training: How.
        watch: What measures the epochs, if they are measured.
        listen: Hears what is kept, and what cannot be.
        side: What is known of the items beside the events.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        corpus: Corpus,
        model: Model,
        training: Training,
        *,
        watch: EpochWatch | None,
        listen: Listener,
        side: Side | None = None,
    ) -> None:
        self._checkpoint = checkpoint
        self._corpus = corpus
        self._model = model
        self._training = training
        self._watch = watch
        self._listen = listen
        self._side = side
        self._share = 0.0

    def start(self, *, resume: bool) -> State | None:
        """Return where to go on from, or None for the beginning; the listener hears which.

        Raises:
            ConfigError: The checkpoint is of another training; what differs is named.
            DamagedError: It is not what was written.
            StorageError: Another run is using it, or it cannot be read.
        """
        if not resume:
            self._tell_of_old()
            return None
        kept = self._checkpoint.read()
        if kept is None:
            self._tell(f"no checkpoint in {self._checkpoint.directory}: training starts anew")
            return None
        _refuse_other(kept.key, self.key, place=str(self._checkpoint.directory))
        expected = (self._corpus.n_items, self._model.vector_size)
        for name, array in kept.arrays.items():
            if name.endswith("vectors") and array.shape != expected:
                raise DamagedError(
                    f"{self._checkpoint.directory}: {name} are {array.shape}, not {expected}. "
                    f"{ADVICE}"
                )
        self._share = kept.share
        if self._watch is not None:
            self._watch.recalls, self._watch.best = kept.recalls, kept.best
        self._tell(f"goes on from {kept.where}, kept in {self._checkpoint.directory}")
        return kept.state

    def hear(self, event: Progress | Notice) -> None:
        """Pass an event of the engine on, and note how far it is."""
        if isinstance(event, Progress) and event.stage == "train" and event.total:
            self._share = event.done / event.total
        self._listen(event)

    def keep(self, state: State) -> None:
        """Write a state; one that cannot be written is told, and training goes on."""
        if not state.matrices.is_finite:  # the one before is worth more
            return
        recalls: tuple[float, ...] = ()
        best = None
        if self._watch is not None:  # it may be an epoch ahead of the state, and is asked again
            recalls, best = self._watch.recalls[: state.epoch], self._watch.best
        try:
            self._checkpoint.write(Kept(self.key, state, self._share, recalls, best))
        except StorageError as error:
            self._tell(f"no checkpoint is written: {error}")

    @cached_property
    def key(self) -> dict[str, Any]:
        """Everything that decides about the vectors, by name."""
        training = to_dict(self._training)
        del training["checkpoint_every"]
        if self._training.deterministic:
            del training["workers"]
        if self._watch is None:
            del training["patience"], training["validation_queries"]
        query = {} if self._watch is None else to_dict(self._watch.query)
        return {
            "x2vec": version("x2vec-engine"),
            "model": type(self._model).__name__,
            **{f"model.{name}": value for name, value in to_dict(self._model).items()},
            **{f"training.{name}": value for name, value in training.items()},
            **{f"query.{name}": value for name, value in query.items()},
            "training data (sha256)": self._corpus.digest(),
            **({} if self._side is None else {"side information (sha256)": self._side.digest()}),
            "held-out data (sha256)": None if self._watch is None else self._watch.digest(),
        }

    def _tell_of_old(self) -> None:
        """Say what a run from the beginning puts an end to."""
        try:
            facts = read_facts(self._checkpoint.directory)
        except DataError as error:
            self._tell(f"{error} That is what happens now.")
            return
        if facts is not None:
            self._tell(
                f"starts anew, and replaces the checkpoint in {self._checkpoint.directory}, of "
                f"{facts.said['where']}; --resume (in Python resume=True) would have gone on "
                "from it"
            )

    def _tell(self, text: str) -> None:
        self._listen(Notice("train", text))


def _refuse_other(there: Mapping[str, Any], here: Mapping[str, Any], *, place: str) -> None:
    """Raise ``ConfigError`` unless two keys are equal, naming each difference."""
    names = dict.fromkeys([*there, *here])
    differences = [
        f"{name}: {there.get(name)!r} in the checkpoint, {here.get(name)!r} now"
        for name in names
        if there.get(name) != here.get(name)
    ]
    if differences:
        raise ConfigError(
            "\n".join(
                [
                    f"{place}: the checkpoint is of another training:",
                    *(f"  {line}" for line in differences),
                    "To go on, set these back. To start anew, run without --resume (in Python "
                    "resume=False), which replaces the checkpoint.",
                ]
            )
        )
