"""How much memory is left, whoever sets the limit: the machine, a container or the shell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["available", "in_words"]

_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")


def available(*, proc: Path = _PROC, groups: Path = _GROUPS) -> int | None:
    """Return the bytes that this process can still take, or None where nothing tells.

    The least of what the machine can give without swapping, what each control group above this
    process leaves (version 1 or 2; what it holds of files can be had back), and what ``ulimit -v``
    and ``ulimit -d`` leave.

    Args:
        proc: Where Linux tells of processes.
        groups: Where it tells of control groups.
    """
    left = [*_of_machine(proc), *_of_groups(proc, groups), *_of_limits(proc)]
    return max(0, min(left)) if left else None


def in_words(n_bytes: float) -> str:
    """Return a size as people say it.

    Example:
        >>> in_words(2_140_000_000), in_words(999_600_000), in_words(7_800_000)
        ('2.1 GB', '1.0 GB', '8 MB')
    """
    megabytes = round(n_bytes / 1e6)
    return f"{n_bytes / 1e9:,.1f} GB" if megabytes >= 1000 else f"{megabytes} MB"


def _of_machine(proc: Path) -> Iterator[int]:
    """Give what the kernel says it can give, or all there is where it says nothing."""
    for line in _lines(proc / "meminfo"):
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024
            return
    try:
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # no such function or name on this system
        return


def _of_groups(proc: Path, groups: Path) -> Iterator[int]:
    """Give what each group leaves, from that of this process up to the outermost."""
    for line in _lines(proc / "self" / "cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            base, most, used, prefix = groups, "memory.max", "memory.current", ""
        elif "memory" in controllers.split(","):
            base, prefix = groups / "memory", "total_"
            most, used = "memory.limit_in_bytes", "memory.usage_in_bytes"
        else:
            continue
        inside = base / path.strip("/")
        for folder in (inside, *inside.parents):
            limit, taken = _number(folder / most), _number(folder / used)
            if limit is not None and taken is not None:
                files = {f"{prefix}active_file", f"{prefix}inactive_file"}
                facts = (line.split() for line in _lines(folder / "memory.stat"))
                yield limit - taken + sum(int(size) for name, size in facts if name in files)
            if folder == base:
                break


def _of_limits(proc: Path) -> Iterator[int]:
    """Give what the limits on address space and on private memory leave."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    pages = [int(word) for line in _lines(proc / "self" / "statm") for word in line.split()]
    if pages:
        for kind, taken in ((resource.RLIMIT_AS, pages[0]), (resource.RLIMIT_DATA, pages[5])):
            most = resource.getrlimit(kind)[0]
            if most != resource.RLIM_INFINITY:
                yield most - taken * resource.getpagesize()


def _number(path: Path) -> int | None:
    """Return the number in a file; None where there is no such file, or it says ``max``."""
    words = [word for line in _lines(path) for word in line.split()]
    return int(words[0]) if words and words[0].isdecimal() else None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
