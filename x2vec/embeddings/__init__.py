"""Matrices bound to items: the value, its neighbours, its files, and its versions."""

from __future__ import annotations

from x2vec.embeddings.directory import load
from x2vec.embeddings.manifest import FORMAT_VERSION, Manifest, read_manifest
from x2vec.embeddings.neighbors import Neighbors
from x2vec.embeddings.provenance import Provenance
from x2vec.embeddings.store import latest, publish, versions
from x2vec.embeddings.value import RESERVED_COLUMNS, Embeddings

__all__ = [
    "Embeddings",
    "FORMAT_VERSION",
    "Manifest",
    "Neighbors",
    "Provenance",
    "RESERVED_COLUMNS",
    "latest",
    "load",
    "publish",
    "read_manifest",
    "versions",
]
