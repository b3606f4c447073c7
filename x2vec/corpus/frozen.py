"""Arrays of a frozen value are frozen too."""

from __future__ import annotations

from typing import Any

__all__ = ["freeze"]


def freeze(value: Any, *names: str) -> None:
    """Put read-only views in the place of a frozen dataclass's arrays; nothing is copied.

    The caller's own arrays stay as writable as they were. None stays None.
    """
    for name in names:
        array = getattr(value, name)
        if array is not None:
            view = array.view()
            view.flags.writeable = False
            object.__setattr__(value, name, view)
