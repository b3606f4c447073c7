"""Trials: what was tried and what it was worth; kept as lines of JSON, from which one goes on."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from x2vec.errors import ConfigError, DamagedError, StorageError
from x2vec.recommendation import QueryForm

__all__ = ["Journal", "State", "Trial"]

State = Literal["complete", "pruned", "diverged"]

FORMAT = 1


@dataclass(frozen=True)
class Trial:
    """One set of settings.

    Attributes:
        number: From 0, which is the start.
        params: The settings, as the search sees them.
        values: What it was worth on each rung that it came to, by the best query form there.
        query: The best query form on the last of these rungs.
        forms: What the forms were worth there, by their words.
        seconds: What it took.
        state: ``"complete"`` came to the last rung; ``"pruned"`` was not among the best of one,
            or had no time left for the next; ``"diverged"`` left the finite numbers.

    Raises:
        ValueError: It has no values, a number in it is not finite, or there is no such state.
    """

    number: int
    params: Mapping[str, Any]
    values: tuple[float, ...]
    query: QueryForm
    forms: Mapping[str, float]
    seconds: float
    state: State

    def __post_init__(self) -> None:
        numbers = (*self.values, *self.forms.values(), self.seconds)
        if (
            not self.values
            or not all(map(_is_finite, numbers))
            or self.state not in get_args(State)
        ):
            raise ValueError(f"trial {self.number} holds what no trial holds")

    @property
    def rank(self) -> tuple[int, float, int]:
        """What trials are compared by: the rung, the value on it, and the earlier one first."""
        return len(self.values), self.values[-1], -self.number

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Trial:
        """Read what ``to_dict`` wrote.

        Raises:
            KeyError, TypeError, ValueError, AttributeError: It is none.
            ConfigError: Its query form is out of bounds.
        """
        found = {**plain, "values": tuple(plain["values"]), "query": QueryForm(**plain["query"])}
        return cls(**found)


class Journal:
    """A file of JSON lines: what is tuned, then a line for each trial that is over.

    A line is on the disk before the next trial begins, so nothing is lost but the trial under way.

    Args:
        path: The file; its directory is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, key: Mapping[str, Any]) -> None:
        """Write what is tuned, in the place of what was there.

        Raises:
            StorageError: The file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise self._failed(error) from error
        self._write({"x2vec tuning": FORMAT, "key": key})

    def add(self, trial: Trial) -> None:
        """Write a trial.

        Raises:
            StorageError: The file cannot be written.
        """
        self._write(trial.to_dict())

    def read(self, key: Mapping[str, Any]) -> list[Trial] | None:
        """Return the trials so far; None where there is no file.

        A last line that was not finished is cut off: it is a trial that was under way.

        Raises:
            ConfigError: They are of another tuning; what differs is named.
            DamagedError: The file is no journal of a tuning.
        """
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return None
        whole = text[: text.rfind(b"\n") + 1]
        try:
            head, *lines = [json.loads(line) for line in whole.splitlines()]
            known = head["x2vec tuning"] == FORMAT
            kept = dict(head["key"])
            trials = [Trial.from_dict(line) for line in lines] if known else []
        except (ValueError, KeyError, TypeError, AttributeError, ConfigError) as error:
            raise self.damaged(error) from error
        if not known:
            raise DamagedError(
                f"{self.path} has format {head['x2vec tuning']}, this x2vec reads {FORMAT}. "
                "Go on with the x2vec that wrote it, or begin anew."
            )
        n_rungs = len(key["shares"])
        key, kept = _flat(json.loads(json.dumps(key))), _flat(kept)
        other = [name for name in {**key, **kept} if key.get(name) != kept.get(name)]
        if other:
            told = "\n".join(
                f"{name}: {kept.get(name)!r} there, {key.get(name)!r} now" for name in other
            )
            raise ConfigError(
                f"{self.path} holds the trials of another tuning:\n{told}\n"
                "Begin anew (without resume), or set these as they were."
            )
        if any(trial.number != n or len(trial.values) > n_rungs for n, trial in enumerate(trials)):
            raise self.damaged("trials are missing, or came to rungs that there are not")
        if len(whole) < len(text):
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        return trials

    def damaged(self, why: object) -> DamagedError:
        """Return the error that says that the file is none of a tuning."""
        return DamagedError(
            f"{self.path} is no journal of a tuning ({why}). Begin anew, without resume."
        )

    def _write(self, line: Mapping[str, Any]) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> StorageError:
        return StorageError(
            f"{self.path}: {error.strerror or error}. Name a directory that can be written to."
        )


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _flat(key: Mapping[str, Any]) -> dict[str, Any]:
    """Name what stands in sections one by one, so that only what differs is told."""
    flat: dict[str, Any] = {}
    for name, value in key.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}: {inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat
