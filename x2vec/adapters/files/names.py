"""Names of files as ids of the lists in them: short, and still distinct."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import takewhile

__all__ = ["short_names"]


def short_names(names: Sequence[str]) -> list[str]:
    """Return paths from the last directory on that all of them share.

    So the ids are the same wherever the directory lies.

    >>> short_names(["/music/pop/a.m3u", "/music/jazz/a.m3u"])
    ['pop/a.m3u', 'jazz/a.m3u']
    >>> short_names(["/music/pop/a.m3u"])
    ['a.m3u']
    """
    names = [name.replace(os.sep, "/") for name in names]
    folders = [name.rpartition("/")[0].split("/") for name in names]
    levels = zip(*folders, strict=False)
    shared = len([*takewhile(lambda level: len(set(level)) == 1, levels)])
    return ["/".join(name.split("/")[shared:]) for name in names]
