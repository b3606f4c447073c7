"""Cold start: a vector for an item that nobody has seen, where it comes from, how far to trust it.

An item table becomes features, rungs learn from features and vectors of known items, and a ladder
of them answers for any other item. Above evaluation, whose intervals it measures with.
"""

from x2vec.coldstart.blending import BLENDED
from x2vec.coldstart.cold_start import COLD_START, RUNGS, ColdStart
from x2vec.coldstart.columns import KINDS, ItemColumns
from x2vec.coldstart.features.attributes import Attributes as TableAttributes
from x2vec.coldstart.items import (
    ItemTable,
    as_item_table,
    is_described,
    read_item_table,
    refuse_missing,
)
from x2vec.coldstart.keeping import ladder_of, with_ladder
from x2vec.coldstart.known_items import FEWEST
from x2vec.coldstart.ladder import Ladder
from x2vec.coldstart.report import ColdReport
from x2vec.coldstart.shrinkage import Shrinkage
from x2vec.coldstart.text.encoders import check_encoder_is_here

__all__ = [
    "BLENDED",
    "COLD_START",
    "FEWEST",
    "KINDS",
    "RUNGS",
    "ColdReport",
    "ColdStart",
    "ItemColumns",
    "ItemTable",
    "Ladder",
    "Shrinkage",
    "TableAttributes",
    "as_item_table",
    "check_encoder_is_here",
    "is_described",
    "read_item_table",
    "ladder_of",
    "refuse_missing",
    "with_ladder",
]
