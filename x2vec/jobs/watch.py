"""What is noted while a job is done: the notices, for its report, and how long each step took."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from x2vec.progress import Listener, Notice

__all__ = ["Ear", "Watch"]


class Ear:
    """Passes events on, and keeps the notices for the report."""

    def __init__(self, listen: Listener) -> None:
        self.notices: list[str] = []
        self._listen = listen

    def __call__(self, event: Any) -> None:
        """Hear one event."""
        if isinstance(event, Notice):
            self.notices.append(event.text)
        self._listen(event)


class Watch:
    """Takes the wall-clock time of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._start = perf_counter()

    def lap(self, name: str) -> None:
        """Note how long the step that has just ended took."""
        now = perf_counter()
        self.laps[name] = round(now - self._start, 3)
        self._start = now
