"""x2vec turns sequences of anything into vectors, and vectors into answers.

The names below are the whole public surface; each is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from x2vec.api import (
        check,
        complements,
        dry_run,
        embed,
        evaluate,
        explain,
        export,
        load,
        preset,
        profile,
        read,
        recommend,
        run,
        split,
        substitutes,
        train,
        tune,
        update,
    )
    from x2vec.coldstart import ColdStart
    from x2vec.corpus import SequenceRules, Sequences
    from x2vec.embeddings import Embeddings, Neighbors, publish
    from x2vec.errors import X2VecError
    from x2vec.evaluation import Report
    from x2vec.jobs import QueryChoice, SideInformation
    from x2vec.profiling import Profile
    from x2vec.recommendation import QueryForm, Recommendations
    from x2vec.training import Elsa, SessionSoftmax, SkipGram

__all__ = [
    "ColdStart",
    "Elsa",
    "Embeddings",
    "Neighbors",
    "Profile",
    "QueryChoice",
    "QueryForm",
    "Recommendations",
    "Report",
    "SequenceRules",
    "Sequences",
    "SessionSoftmax",
    "SideInformation",
    "SkipGram",
    "X2VecError",
    "__version__",
    "check",
    "complements",
    "dry_run",
    "embed",
    "evaluate",
    "explain",
    "export",
    "load",
    "preset",
    "profile",
    "publish",
    "read",
    "recommend",
    "run",
    "split",
    "substitutes",
    "train",
    "tune",
    "update",
]

_HOMES = {
    "ColdStart": "x2vec.coldstart",
    "Elsa": "x2vec.training",
    "Embeddings": "x2vec.embeddings",
    "Neighbors": "x2vec.embeddings",
    "Profile": "x2vec.profiling",
    "QueryChoice": "x2vec.jobs",
    "QueryForm": "x2vec.recommendation",
    "Recommendations": "x2vec.recommendation",
    "Report": "x2vec.evaluation",
    "SequenceRules": "x2vec.corpus",
    "Sequences": "x2vec.corpus",
    "SessionSoftmax": "x2vec.training",
    "SideInformation": "x2vec.jobs",
    "SkipGram": "x2vec.training",
    "X2VecError": "x2vec.errors",
    "check": "x2vec.api",
    "complements": "x2vec.api",
    "dry_run": "x2vec.api",
    "embed": "x2vec.api",
    "evaluate": "x2vec.api",
    "explain": "x2vec.api",
    "export": "x2vec.api",
    "load": "x2vec.api",
    "preset": "x2vec.api",
    "profile": "x2vec.api",
    "publish": "x2vec.embeddings",
    "read": "x2vec.api",
    "recommend": "x2vec.api",
    "run": "x2vec.api",
    "split": "x2vec.api",
    "substitutes": "x2vec.api",
    "train": "x2vec.api",
    "tune": "x2vec.api",
    "update": "x2vec.api",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("x2vec-engine")
    if name not in _HOMES:
        raise AttributeError(f"module 'x2vec' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
