"""A job file: TOML that is read into a job, each problem with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from x2vec._text import closest
from x2vec.adapters import make_adapter
from x2vec.jobs.config.job import Job
from x2vec.jobs.config.query import query_kind
from x2vec.jobs.presets import with_preset
from x2vec.jobs.toml import read_toml
from x2vec.training import KINDS, SkipGram

__all__ = ["read_job"]


def read_job(path: str | Path) -> Job:
    """Read a job file; its paths stay as they are written, relative to the file's directory.

    Raises:
        ConfigError: The file is missing, or breaks the rules: every problem in one message, each
            with its line.
    """
    options = {"source.options": _adapter_options, "test.options": _adapter_options}
    return read_toml(
        Path(path),
        Job,
        resolve=options,
        kinds={"model": _model_kind, "query": query_kind},
        complete=with_preset,
    )


def _adapter_options(source: Mapping[str, Any]) -> type:
    return make_adapter(source["adapter"]).options


def _model_kind(model: Mapping[str, Any]) -> type:
    """Return the model that ``kind`` names; ``SkipGram`` where it is left out."""
    kind = model.get("kind", SkipGram.__name__)
    if not isinstance(kind, str) or kind not in KINDS:
        close = closest(str(kind), KINDS)
        hint = f"; did you mean {close!r}?" if close else ""
        raise ValueError(f"kind is {kind!r}; there are {', '.join(KINDS)}{hint}")
    return KINDS[kind]
