"""One directory of embeddings, whole: its files, and the manifest that says what they are."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from x2vec.embeddings.attribute_files import read_attributes, write_attributes
from x2vec.embeddings.durable import sync_directory, writing
from x2vec.embeddings.evidence_files import read_evidence, write_evidence, write_together
from x2vec.embeddings.manifest import (
    ATTRIBUTES,
    CONTEXT,
    EVIDENCE,
    ITEMS,
    MANIFEST,
    QUERY,
    TOGETHER,
    Manifest,
    read_manifest,
)
from x2vec.embeddings.parquet_read import read_context, read_items, read_query
from x2vec.embeddings.parquet_write import write_context, write_items, write_query
from x2vec.embeddings.value import Embeddings
from x2vec.errors import DamagedError, DataError

__all__ = ["read_directory", "write_directory"]


def read_directory(path: Path, *, verify: bool) -> Embeddings:
    """Read a directory that has a manifest; nothing is read before all sizes are right.

    Raises:
        DamagedError: The files are not what the manifest says.
        DataError: A newer x2vec wrote it.
    """
    manifest = read_manifest(path)
    manifest.check_files(path, verify=verify)
    embeddings = read_items(path / ITEMS, verify=verify)
    found = (len(embeddings), embeddings.vector_size)
    if found != (manifest.n_items, manifest.vector_size):
        raise DamagedError(
            f"{path / ITEMS}: {found[0]} vectors of {found[1]} numbers; its manifest says "
            f"{manifest.n_items} of {manifest.vector_size}."
        )
    context = None
    if CONTEXT in manifest.files:
        context = read_context(path / CONTEXT, embeddings.items, verify=verify)
    evidence = None
    if EVIDENCE in manifest.files and TOGETHER in manifest.files:
        evidence = read_evidence(path / EVIDENCE, path / TOGETHER, embeddings.items, verify=verify)
    query = read_query(path / QUERY, verify=verify) if QUERY in manifest.files else None
    attributes = None
    if ATTRIBUTES in manifest.files:
        attributes = read_attributes(path / ATTRIBUTES, verify=verify)
    try:
        return dataclasses.replace(
            embeddings,
            context_vectors=context,
            evidence=evidence,
            query_matrix=query,
            attributes=attributes,
            provenance=manifest.provenance,
        )
    except DataError as error:
        raise DamagedError(f"{path}: {error}") from error


def write_directory(embeddings: Embeddings, path: Path) -> None:
    """Write a new directory, all of it synced, its manifest last."""
    path.mkdir()
    files = {ITEMS: write_items(embeddings, path / ITEMS)}
    if embeddings.context_vectors is not None:
        files[CONTEXT] = write_context(embeddings, path / CONTEXT)
    if embeddings.evidence is not None:
        files[EVIDENCE] = write_evidence(embeddings.evidence, embeddings.items, path / EVIDENCE)
        files[TOGETHER] = write_together(embeddings.evidence, embeddings.items, path / TOGETHER)
    if embeddings.query_matrix is not None:
        files[QUERY] = write_query(embeddings, path / QUERY)
    if embeddings.attributes is not None:
        files[ATTRIBUTES] = write_attributes(embeddings.attributes, path / ATTRIBUTES)
    sync_directory(path)
    manifest = Manifest.describe(
        len(embeddings), embeddings.vector_size, embeddings.provenance, files
    )
    with writing(path / MANIFEST) as file:
        file.write(manifest.to_bytes())
    sync_directory(path)
