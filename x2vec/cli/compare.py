"""``x2vec compare``: two reports on the same queries, model against model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from x2vec.cli.output import AsJson

__all__ = ["command"]
