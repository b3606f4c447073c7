"""The verbs in Python: read, split, train, evaluate, run and others. Each calls rooms below."""

from x2vec.api.alike import complements, explain, substitutes
from x2vec.api.embedding import embed
from x2vec.api.exporting import export
from x2vec.api.learning import preset, train, tune
from x2vec.api.measuring import evaluate
from x2vec.api.reading import profile, read, split
from x2vec.api.recommending import recommend
from x2vec.api.running import check, dry_run, load, run
from x2vec.api.updating import update

__all__ = [
    "check",
    "complements",
    "dry_run",
    "embed",
    "evaluate",
    "explain",
    "export",
    "load",
    "preset",
    "profile",
    "read",
    "recommend",
    "run",
    "split",
    "substitutes",
    "train",
    "tune",
    "update",
]
