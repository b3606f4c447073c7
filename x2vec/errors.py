"""Every error that x2vec raises on purpose, and the exit code that each one means.

::

    X2VecError                   exit code
    ├── UsageError               2   a wrong call
    │   ├── ConfigError          2   a job file or parameter out of bounds
    │   ├── MissingPackageError  2   an optional package is not installed
    │   └── PluginError          2   no such adapter or engine, or one that does not load
    ├── DataError                3   the input cannot be used
    │   ├── SourceError          3   a source that cannot be read, or rows that break its schema
    │   ├── NothingLeftError     3   the filters removed everything, or nothing can be learnt
    │   ├── UnknownItemError     3   an item that the embeddings do not hold
    │   ├── DivergedError        3   training left the finite numbers
    │   └── DamagedError         3   a store whose bytes are not what its manifest says
    ├── QualityFloorError        4   measured below the floor that the job sets
    └── StorageError             5   reading or writing failed: disk full, no permission

A message says what was found, what was expected, where, and what to do about it.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "ConfigError",
    "DamagedError",
    "DataError",
    "DivergedError",
    "MissingPackageError",
    "NothingLeftError",
    "PluginError",
    "QualityFloorError",
    "SourceError",
    "StorageError",
    "UnknownItemError",
    "UsageError",
    "X2VecError",
]


class X2VecError(Exception):
    """The root: catch it to catch everything that x2vec raises on purpose."""

    exit_code = 1


class UsageError(X2VecError):
    """A call that cannot be carried out as it was made."""

    exit_code = 2


class ConfigError(UsageError):
    """A job file or a parameter that breaks its bounds; the message lists every problem found."""


class MissingPackageError(UsageError):
    """An optional package that this call needs is not installed."""


class PluginError(UsageError):
    """An adapter or engine that does not exist, is there twice, or does not load."""


class DataError(X2VecError):
    """Input that cannot be used as it is."""

    exit_code = 3


class SourceError(DataError):
    """A source that cannot be read, or whose rows break the schema of events."""


class NothingLeftError(DataError):
    """No events are left after the filters, or none from which anything can be learnt."""


class UnknownItemError(DataError, KeyError):
    """An item that the embeddings do not hold; the message names the closest known ones."""

    def __str__(self) -> str:
        return Exception.__str__(self)  # KeyError would show the message in quotes


class DivergedError(DataError):
    """Training left the finite numbers.

    Attributes:
        epoch: The epoch, counted from 1, after which vectors were found not finite.
        alpha: The learning rate at which that epoch started.
        last_good: The matrices after the last finite epoch, or None if the first one diverged.
    """

    def __init__(self, message: str, *, epoch: int, alpha: float, last_good: Any = None) -> None:
        super().__init__(message)
        self.epoch = epoch
        self.alpha = alpha
        self.last_good = last_good


class DamagedError(DataError):
    """A store whose files are not what its manifest says, or that x2vec cannot have written."""


class QualityFloorError(X2VecError):
    """A model measured below the floor that the job sets; nothing was published.

    Attributes:
        report: What was measured, an ``x2vec.Report``.
    """

    exit_code = 4

    def __init__(self, message: str, *, report: Any = None) -> None:
        super().__init__(message)
        self.report = report


class StorageError(X2VecError):
    """Reading or writing failed: a full disk, no permission, another publisher at work."""

    exit_code = 5
