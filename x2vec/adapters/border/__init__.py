"""The border: raw batches become clean events; ids and times by one rule, losses counted."""

from x2vec.adapters.border.admit import Events, open_events
from x2vec.adapters.border.ids import normalise_ids

__all__ = ["Events", "normalise_ids", "open_events"]
