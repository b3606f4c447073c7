"""A TOML file becomes a dataclass, or one message that names every problem and its line."""

from x2vec.jobs.toml.reader import Chooser, read_toml

__all__ = ["Chooser", "read_toml"]
