"""Markdown tables, printed row by row while the figures come in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["heading", "mean_and_deviation", "median_and_range", "row"]


def heading(*names: str) -> None:
    """Print the head of a table."""
    print()
    row(*names)
    row(*("---" for _ in names))


def row(*cells: object) -> None:
    """Print one row, at once."""
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def median_and_range(values: NDArray[np.float64], *, digits: int = 1) -> str:
    """Write the median with the lowest and the highest, such as ``12.8 (12.5-13.2)``."""
    middle, low, high = np.median(values), values.min(), values.max()
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def mean_and_deviation(values: NDArray[np.float64]) -> str:
    """Write the mean with the standard deviation, or ``-`` where nothing was measured."""
    if np.isnan(values).any():
        return "-"
    return f"{values.mean():.4f} ± {values.std(ddof=1):.4f}"
