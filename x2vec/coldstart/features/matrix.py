"""What is known about items, as numbers: one block a group of columns, a row an item."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["GROUPS", "Evidence", "Features"]

GROUPS: Final = ("attributes", "text", "numbers")
"""What an item can be known by. Attributes are categories and tags; numbers are numbers, booleans
and dates."""

Evidence = tuple[str, ...]
"""Those of ``GROUPS`` that something is known of, in their order."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features of some items; everything finite, and zero where nothing is known.

    Attributes:
        attributes: (n_items, n_attributes) sparse float32, 1 where an item has an attribute.
        ranges: (n_items, n_ranges) sparse float32, 1 where a number lies in a range, and for
            booleans and parts of dates.
        text: (n_items, text_size) float32, at length one where there is text.
        numbers: (n_items, n_numbers) float32, in standard deviations from the mean.
        has_numbers: (n_items,) bool, whether any number, boolean or date is known.
        names: (n_attributes,) string, the attributes, such as ``"genre=Drama"``.
    """

    attributes: csr_matrix
    ranges: csr_matrix
    text: NDArray[np.float32]
    numbers: NDArray[np.float32]
    has_numbers: NDArray[np.bool_]
    names: pa.Array

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.text)

    @property
    def evidence(self) -> NDArray[np.bool_]:
        """Return which groups something is known of, (n_items, 3) bool, as in ``GROUPS``."""
        known = [
            np.diff(self.attributes.indptr) > 0,
            self.text.any(axis=1),
            self.has_numbers,
        ]
        return np.column_stack(known)

    def take(self, rows: NDArray[Any]) -> Features:
        """Return the items in some rows, or those of a mask."""
        return Features(
            self.attributes[rows],
            self.ranges[rows],
            self.text[rows],
            self.numbers[rows],
            self.has_numbers[rows],
            self.names,
        )

    def only(self, groups: Collection[str]) -> Features:
        """Return the same items as if nothing were known but these groups."""
        from scipy.sparse import csr_matrix

        def none(block: csr_matrix) -> csr_matrix:
            return csr_matrix(block.shape, dtype=np.float32)

        attributes, text, numbers = (group in groups for group in GROUPS)
        return Features(
            self.attributes if attributes else none(self.attributes),
            self.ranges if numbers else none(self.ranges),
            self.text if text else np.zeros_like(self.text),
            self.numbers if numbers else np.zeros_like(self.numbers),
            self.has_numbers & numbers,
            self.names,
        )

    @property
    def tokens(self) -> csr_matrix:
        """Return attributes and ranges side by side: all that items can share, or not."""
        from scipy.sparse import hstack

        return hstack([self.attributes, self.ranges], format="csr", dtype=np.float32)

    @property
    def dense(self) -> NDArray[np.float32]:
        """Return text and numbers side by side."""
        return np.hstack([self.text, self.numbers])

    def matrix(self) -> csr_matrix:
        """Return all of it as one sparse float32 matrix, (n_items, n_features)."""
        from scipy.sparse import csr_matrix, hstack

        return hstack([self.tokens, csr_matrix(self.dense)], format="csr", dtype=np.float32)
