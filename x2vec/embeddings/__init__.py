"""Matrices bound to items: the value, its neighbours, its files, and its versions."""

from __future__ import annotations

from x2vec.embeddings.alignment import rotation
from x2vec.embeddings.attributes import Attributes, shares
from x2vec.embeddings.checks import RESERVED_COLUMNS
from x2vec.embeddings.drift import Cosines, Drift, drift
from x2vec.embeddings.evidence import Evidence, HeldPairs, Pairs
from x2vec.embeddings.files import load
from x2vec.embeddings.filters import Allowed, allowed_items
from x2vec.embeddings.growth import blended, by_count, extended
from x2vec.embeddings.indexes import index_store, open_index
from x2vec.embeddings.inferred import CONFIDENCE, INFERRED_SHARE, Inferred
from x2vec.embeddings.inferred_file import check_inferred_file, write_inferred
from x2vec.embeddings.lookup import Unknown
from x2vec.embeddings.manifest import FORMAT_VERSION, Manifest, read_manifest
from x2vec.embeddings.neighbors import Neighbors, answers_of, some_of
from x2vec.embeddings.provenance import Provenance
from x2vec.embeddings.publishing import CHECKPOINT, check_store, publish
from x2vec.embeddings.store import latest, next_version, versions
from x2vec.embeddings.value import Embeddings

__all__ = [
    "Allowed",
    "Attributes",
    "CHECKPOINT",
    "CONFIDENCE",
    "INFERRED_SHARE",
    "Cosines",
    "Drift",
    "Embeddings",
    "Evidence",
    "FORMAT_VERSION",
    "HeldPairs",
    "Inferred",
    "Manifest",
    "Neighbors",
    "Pairs",
    "Provenance",
    "RESERVED_COLUMNS",
    "Unknown",
    "allowed_items",
    "answers_of",
    "blended",
    "by_count",
    "check_inferred_file",
    "check_store",
    "drift",
    "extended",
    "index_store",
    "latest",
    "load",
    "next_version",
    "open_index",
    "publish",
    "read_manifest",
    "rotation",
    "shares",
    "some_of",
    "versions",
    "write_inferred",
]
