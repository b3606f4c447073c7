"""Features that are fitted to the known items, and take any others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.features.attributes import Attributes
from x2vec.coldstart.features.matrix import Features
from x2vec.coldstart.features.numbers import Numbers
from x2vec.coldstart.items import ItemTable
from x2vec.coldstart.text.encoders import Encoder, encoded, encoder_of
from x2vec.coldstart.text.words import clean

__all__ = ["FittedFeatures"]


@dataclass(frozen=True, eq=False)
class FittedFeatures:
    """What makes features of an item table.

    Attributes:
        columns: Which columns there are.
        attributes: The categories and tags that are known.
        numbers: The scales of numbers and dates.
        encoder: Of text; None where no column holds any.
    """

    columns: ItemColumns
    attributes: Attributes
    numbers: Numbers
    encoder: Encoder | None

    @classmethod
    def fit(cls, items: ItemTable, columns: ItemColumns, *, seed: int) -> FittedFeatures:
        """Learn what there is from the known items.

        Raises:
            MissingPackageError: The encoder needs an extra that is not installed.
        """
        encoder = None
        if columns.text:
            texts = _texts(items, columns)
            encoder = encoder_of(columns.encoder, texts, size=columns.text_size, seed=seed)
        return cls(columns, Attributes.fit(items, columns), Numbers.fit(items, columns), encoder)

    def __call__(self, items: ItemTable) -> Features:
        """Return the features of some items; whatever they lack is zero, nothing is ever NaN."""
        numbers, ranges, has_numbers = self.numbers.matrices(items, self.columns)
        if self.encoder is None:
            text = np.zeros((len(items), 0), np.float32)
        else:
            text = encoded(self.encoder, _texts(items, self.columns))
        attributes = self.attributes.matrix(items, self.columns)
        names = self.attributes.pairs
        return Features(attributes, ranges, text, numbers, has_numbers, names)


def _texts(items: ItemTable, columns: ItemColumns) -> list[str]:
    """Return the clean text of each item, its columns one after the other."""
    each = [
        [clean(text) for text in items[name].cast(pa.string()).to_pylist()] for name in columns.text
    ]
    return [". ".join(part for part in parts if part) for parts in zip(*each, strict=True)]
