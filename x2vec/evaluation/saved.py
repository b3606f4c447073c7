"""A report on disk: ``report.json`` for the figures, ``queries.parquet`` for every query.

The reader is strict: what is no report, a damaged one, or one of a newer format is refused. Both
files replace earlier ones whole, the JSON last, and it holds the hash of the other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from importlib import metadata
from math import isfinite
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from x2vec.embeddings.durable import (
    check_space,
    hash_file,
    making_directory,
    reading_errors,
    storage_errors,
    sync_directory,
    writing,
)
from x2vec.errors import ConfigError, DamagedError, DataError, StorageError
from x2vec.evaluation.facts import TERCILES, QueryFacts
from x2vec.evaluation.measurement import Measurement
from x2vec.evaluation.metrics import MetricName
from x2vec.evaluation.ranks import Ranks
from x2vec.evaluation.report import Report

__all__ = ["FORMAT", "FORMAT_VERSION", "from_dict", "load", "save", "to_dict"]

FORMAT: Final = "x2vec report"
FORMAT_VERSION: Final = 1
REPORT, QUERIES = "report.json", "queries.parquet"

_RANK = "rank:"  # before a model's name, so that no model is called like a fact
_KEYS: Final = (
    "task",
    "measurements",
    "n_queries",
    "n_items",
    "unknown_targets",
    "unknown_history",
    "excluded_targets",
    "used",
)
_LARGEST: Final = 64 * 2**20  # bytes of JSON; no report comes near


def to_dict(report: Report) -> dict[str, Any]:
    """Return a report's figures as plain values for JSON."""
    try:
        writer = metadata.version("x2vec-engine")
    except metadata.PackageNotFoundError:  # a bare checkout on the path
        writer = "unknown"
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "x2vec": writer,
        **{key: getattr(report, key) for key in _KEYS},
        "measurements": [asdict(one) for one in report.measurements],
        "used": json.loads(json.dumps(dict(report.used))),
        "queries": None if report.queries is None else report.queries.fingerprint,
    }


def from_dict(plain: Mapping[str, Any], *, where: str = "report") -> Report:
    """Return the report that ``to_dict`` wrote; it has figures, but no ranks.

    Raises:
        DataError: It is no report, or one of a newer format.
        DamagedError: A key is missing, is unknown, or holds what no report holds.
    """
    _check_format(plain, where)
    known = {"format", "format_version", "x2vec", *_KEYS, "queries", "files"}
    if strange := sorted(plain.keys() - known):
        raise DamagedError(f"{where}: unknown key {strange[0]!r}; x2vec writes no such report.")
    if missing := [key for key in _KEYS if key not in plain]:
        raise DamagedError(f"{where}: no key {missing[0]!r}; the report is incomplete.")
    if not isinstance(plain["measurements"], list):
        raise DamagedError(f"{where}: measurements are no list.")
    measurements = tuple(
        _measurement(one, f"{where}: measurement {i}")
        for i, one in enumerate(plain["measurements"])
    )
    return Report(
        task=_typed(plain, "task", str, where),
        measurements=measurements,
        n_queries=_typed(plain, "n_queries", int, where),
        n_items=_typed(plain, "n_items", int, where),
        used=_typed(plain, "used", dict, where),
        unknown_targets=_number(plain, "unknown_targets", where),
        unknown_history=_number(plain, "unknown_history", where),
        excluded_targets=_number(plain, "excluded_targets", where),
    )


def save(report: Report, directory: Path) -> Path:
    """Write both files; without facts of queries, the JSON alone."""
    plain = to_dict(report)
    with storage_errors(directory, 0), making_directory(directory):
        if report.queries is not None:
            table = _table(report, report.queries)
            check_space(directory, table.nbytes)
            with _replacing(directory / QUERIES) as file:
                pq.write_table(table, file, compression="zstd", write_page_checksum=True)
            plain["files"] = {QUERIES: file.receipt()._asdict()}
        with _replacing(directory / REPORT) as file:
            file.write((json.dumps(plain, indent=2, allow_nan=False) + "\n").encode())
        sync_directory(directory)
    return directory / REPORT


@contextmanager
def _replacing(path: Path) -> Iterator[Any]:
    """Open a file beside ``path`` that takes its place once it is whole and on disk."""
    staged = path.with_name(f".{path.name}-{os.getpid()}")
    staged.unlink(missing_ok=True)
    try:
        with writing(staged) as file:
            yield file
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)


def load(path: Path) -> Report:
    """Read what ``save`` wrote."""
    path = path / REPORT if path.is_dir() else path
    with reading_errors(path):
        if not path.exists():
            raise StorageError(f"{path}: there is no report. Name one, or a directory with one.")
        if path.stat().st_size > _LARGEST:
            raise DataError(f"{path}: larger than {_LARGEST:,} bytes; this is no report of ours.")
        raw = path.read_bytes()
    try:
        plain = json.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: no JSON, so no report of x2vec: {error}.") from error
    report = from_dict(plain, where=str(path))
    files = plain.get("files") or {}
    if not files:
        return report
    return _with_queries(report, plain, path)


def _check_format(plain: Any, where: str) -> None:
    if not isinstance(plain, Mapping) or plain.get("format") != FORMAT:
        found = plain.get("format") if isinstance(plain, Mapping) else type(plain).__name__
        raise DataError(
            f"{where}: a report of another format: expected the format {FORMAT!r}, found {found!r}."
        )
    version = plain.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DamagedError(f"{where}: format_version is {version!r}; expected a number from 1.")
    if version > FORMAT_VERSION:
        raise DataError(
            f"{where}: written by x2vec {plain.get('x2vec', '?')} in format version {version}; "
            f"this x2vec reads up to {FORMAT_VERSION}. Upgrade x2vec."
        )


def _measurement(plain: Any, where: str) -> Measurement:
    names = {field.name for field in fields(Measurement)}
    if not isinstance(plain, dict) or plain.keys() != names:
        raise DamagedError(f"{where}: expected the keys {', '.join(sorted(names))}.")
    metric = _typed(plain, "metric", str, where)
    try:
        MetricName.parse(metric)
    except ConfigError as error:
        raise DamagedError(f"{where}: {error}") from error
    ends = [None if plain[key] is None else _number(plain, key, where) for key in ("low", "high")]
    return Measurement(
        model=_typed(plain, "model", str, where),
        metric=metric,
        value=_number(plain, "value", where),
        low=ends[0],
        high=ends[1],
        n=_typed(plain, "n", int, where),
        unanswered=_number(plain, "unanswered", where),
    )


def _number(plain: Mapping[str, Any], key: str, where: str) -> float:
    return float(_typed(plain, key, float, where))


def _typed(plain: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
    value = plain[key]
    kinds = (int, float) if kind is float else (kind,)
    fits = isinstance(value, kinds) and not isinstance(value, bool)
    if not fits or (kind is float and not isfinite(value)) or (kind is int and value < 0):
        raise DamagedError(f"{where}: {key} is {value!r}; no report has that.")
    return value


def _table(report: Report, facts: QueryFacts) -> pa.Table:
    """Return one row a query: its facts, and where each model put its targets."""
    columns = {
        "history_length": pa.array(facts.history_length.astype(np.int32)),
        "sequence": pa.array(facts.sequence.astype(np.int32)),
        "is_new": _listed(pa.array(facts.is_new), facts.offsets),
    }
    if facts.tercile is not None:
        names = pa.array(TERCILES).take(pa.array(facts.tercile))
        columns["popularity"] = _listed(names, facts.offsets)
    if facts.events is not None:
        columns["events"] = _listed(pa.array(facts.events), facts.offsets)
    for model, ranks in report.ranks.items():
        flat = np.zeros(len(ranks.ranked), dtype=np.int64)
        flat[ranks.ranked] = ranks.ranks
        columns[f"{_RANK}{model}"] = _listed(pa.array(flat, mask=~ranks.ranked), facts.offsets)
    return pa.table(columns)


def _listed(flat: pa.Array, offsets: NDArray[np.int64] | None) -> pa.Array:
    if offsets is None:
        return flat
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), flat)


def _with_queries(report: Report, plain: Mapping[str, Any], path: Path) -> Report:
    """Read ``queries.parquet`` beside a report, and put it in."""
    file = path.parent / QUERIES
    entry = plain["files"].get(QUERIES) if isinstance(plain["files"], dict) else None
    if not isinstance(entry, dict) or set(plain["files"]) != {QUERIES}:
        raise DamagedError(f"{path}: files must name {QUERIES} alone.")
    if not file.is_file():
        raise DamagedError(f"{file}: is missing; {path.name} needs it beside it.")
    with reading_errors(file):
        if file.stat().st_size != entry.get("bytes") or hash_file(file) != entry.get("sha256"):
            raise DamagedError(
                f"{file}: its bytes are not those that {path.name} was written with. "
                "Copy both files of one report."
            )
        try:
            table = pq.read_table(file, memory_map=False)
        except pa.ArrowException as error:
            raise DamagedError(f"{file}: no Parquet file: {error}.") from error
    try:
        return _joined(report, table, str(plain.get("queries") or ""))
    except (KeyError, ValueError, TypeError, pa.ArrowException) as error:
        raise DamagedError(f"{file}: contradicts its report: {error}.") from error


def _joined(report: Report, table: pa.Table, fingerprint: str) -> Report:
    is_new, offsets = _flat(table["is_new"])
    tercile = None
    if "popularity" in table.column_names:
        names, _ = _flat(table["popularity"])
        tercile = np.asarray(pc.index_in(names, value_set=pa.array(TERCILES)), dtype=np.int8)
    events = None
    if "events" in table.column_names:
        events = np.asarray(_flat(table["events"])[0], dtype=np.int64)
    facts = QueryFacts(
        history_length=np.asarray(table["history_length"], dtype=np.int32),
        sequence=np.asarray(table["sequence"], dtype=np.int32),
        is_new=np.asarray(is_new, dtype=np.bool_),
        tercile=tercile,
        offsets=offsets,
        fingerprint=fingerprint,
        events=events,
    )
    if len(facts) != report.n_queries:
        raise ValueError(f"{len(facts)} queries, and the report is of {report.n_queries}")
    ranks = {}
    for model in report.models:
        flat, _ = _flat(table[f"{_RANK}{model}"])
        ranked = np.asarray(flat.is_valid())
        placed = np.asarray(flat.drop_null(), dtype=np.int64)
        ranks[model] = Ranks(ranked, placed, offsets)
    return replace(report, ranks=ranks, queries=facts)


def _flat(column: pa.ChunkedArray) -> tuple[pa.Array, NDArray[np.int64] | None]:
    """Return the values of a column, of its lists where it has lists, and where these start."""
    whole = column.combine_chunks()
    if not pa.types.is_list(whole.type):
        return whole, None
    return whole.flatten(), np.asarray(whole.offsets, dtype=np.int64) - whole.offsets[0].as_py()
