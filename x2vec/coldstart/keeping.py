"""What a store keeps of a ladder: how it was configured, what was measured, and what was chosen.

The rungs themselves are not kept. They are fitted again to the columns and vectors of the store,
which gives the same ones to the byte, so no model is ever read from a file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from x2vec.coldstart.choice import Choice
from x2vec.coldstart.cold_start import COLD_START, ColdStart
from x2vec.coldstart.ladder import Ladder
from x2vec.embeddings import Embeddings, Provenance
from x2vec.errors import ConfigError
from x2vec.progress import Listener, silent

__all__ = ["ladder_of", "with_ladder"]

_CHOICES: Final = "choices"


def with_ladder(provenance: Provenance, ladder: Ladder) -> Provenance:
    """Return where embeddings come from, with what it takes to make their ladder again.

    Raises:
        ConfigError: The encoder has no name, and so cannot be kept.
    """
    assert isinstance(ladder.columns, ColdStart)
    measured = {
        "rungs": ladder.report.to_arrow().to_pylist(),
        "notes": list(ladder.report.notes),
        _CHOICES: [choice.to_dict() for choice in ladder.choices],
    }
    return replace(
        provenance,
        config={**provenance.config, COLD_START: ladder.columns.config()},
        metrics={**provenance.metrics, COLD_START: measured},
    )


def ladder_of(embeddings: Embeddings, *, listen: Listener = silent) -> Ladder:
    """Return the ladder that embeddings say is theirs; see ``ColdStart.ladder_of``."""
    settings = ColdStart.of_store(embeddings)
    kept: Any = embeddings.provenance.metrics.get(COLD_START) or {}
    try:
        measured = [Choice.of(plain) for plain in kept.get(_CHOICES, ())]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(
            f"what these embeddings keep of their cold start was written by another version: "
            f"{type(error).__name__} {error}. Fit it anew: ColdStart.of_store(store).fit(store)."
        ) from error
    return settings.fit(embeddings, measured=measured, listen=listen)
