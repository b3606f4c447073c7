"""A source becomes sequences: the adapter reads it, and they are cut as its options ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from x2vec.adapters import fetch_ahead, local_copies, open_events
from x2vec.corpus import Sequences, assemble
from x2vec.jobs.config import Source
from x2vec.jobs.rules import adapter_rules
from x2vec.progress import Listener, Notice, silent

__all__ = ["read_sequences"]


def read_sequences(
    adapter: str,
    options: Any,
    *,
    max_missing_share: float = Source.max_missing_share,
    listen: Listener = silent,
) -> Sequences:
    """Read a source through an adapter into sequences, cut as the adapter's options ask.

    Raises:
        ConfigError: The rules that the adapter asks for are none.
        NothingLeftError: They leave nothing.
    """
    with local_copies(listen):
        events = open_events(adapter, options, max_missing_share=max_missing_share, listen=listen)
        rules = adapter_rules(events)
        fetch_ahead(_path_of(options))
        read = assemble(events)
    sequences = read.clean(rules) if events.rules and len(read) else read
    for note in sequences.notes:
        listen(Notice("read", note))
    return sequences


def _path_of(options: Any) -> Any:
    return options.get("path") if isinstance(options, Mapping) else getattr(options, "path", None)
