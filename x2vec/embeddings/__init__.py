"""Matrices bound to items: the value, its neighbours, its files, and its versions."""

from __future__ import annotations

from x2vec.embeddings.checks import RESERVED_COLUMNS
from x2vec.embeddings.files import load
from x2vec.embeddings.manifest import FORMAT_VERSION, Manifest, read_manifest
from x2vec.embeddings.neighbors import Neighbors
from x2vec.embeddings.provenance import Provenance
from x2vec.embeddings.publishing import check_store, publish
from x2vec.embeddings.store import latest, versions
from x2vec.embeddings.value import Embeddings

__all__ = [
    "Embeddings",
    "FORMAT_VERSION",
    "Manifest",
    "Neighbors",
    "Provenance",
    "RESERVED_COLUMNS",
    "check_store",
    "latest",
    "load",
    "publish",
    "read_manifest",
    "versions",
]
