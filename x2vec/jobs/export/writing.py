"""The partitions of an export, written one after the other from where the journal ends."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

import numpy as np

from x2vec.embeddings.durable import check_space
from x2vec.errors import StorageError
from x2vec.jobs.export.answers import Answers, Asker, Shape, schema_of, table_of
from x2vec.jobs.export.config import ExportJob
from x2vec.jobs.export.files import ENDINGS, part_file, refuse_nul, safe_in_spreadsheets
from x2vec.jobs.export.journal import Part
from x2vec.jobs.export.output import DATABASES, Output
from x2vec.jobs.export.staging import Staging
from x2vec.progress import Listener, Progress

__all__ = ["write_parts"]

_BLOCK: Final = 8_192
"""Queries asked at once: enough for the arithmetic, few beside the memory."""

_NO_NUL: Final = ("csv", "jsonl", "sqlite", "postgresql")


def write_parts(job: ExportJob, asker: Asker, staged: Staging, listen: Listener) -> None:
    """Write every partition that is not there yet.

    Raises:
        StorageError: The disk is full, or will be.
        DataError: An id cannot be kept in the format.
    """
    output, journal = job.output, staged.journal
    form = "parquet" if output.format in DATABASES else output.format
    done = journal.n_queries
    asker.start(journal.parts[-1].last if journal.parts else None, done)
    clock = _Clock(done, asker.total, listen)
    shape = _shape_of(output)
    schema = schema_of(shape, asker.query_type, asker.item_type, job.k, has_origin=asker.has_origin)
    while done < asker.total:
        n = min(output.queries_per_file, asker.total - done)
        counts: Counter[str] = Counter()
        staged.unfinished.unlink(missing_ok=True)
        with part_file(staged.unfinished, schema, form=form) as file:
            for start in range(0, n, _BLOCK):
                answers = asker.take(min(_BLOCK, n - start))
                batch = table_of(answers, shape, schema)
                if output.format in _NO_NUL:
                    refuse_nul(batch, form=output.format)
                file.write(safe_in_spreadsheets(batch) if output.spreadsheet_safe else batch)
                counts.update(_counted(answers))
                counts["rows"] += batch.num_rows
                clock.tell(done + start + len(answers.queries))
        assert file.receipt is not None
        name = f"part-{len(staged.journal.parts):05d}-{journal.identity.short}{ENDINGS[form]}"
        last = answers.queries[-1].as_py()
        staged.keep(Part(name, n, counts.pop("rows"), last, *file.receipt), dict(counts))
        done += n
        try:
            check_space(staged.place, file.receipt.bytes * -(-(asker.total - done) // n))
        except StorageError:
            staged.clear()
            raise


def _shape_of(output: Output) -> Shape:
    """Return the form of the rows: CSV, SQLite and, by our driver, PostgreSQL take no lists."""
    if not output.wide:
        return "long"
    return "lists" if output.format in ("parquet", "jsonl", "duckdb") else "numbered"


def _counted(answers: Answers) -> dict[str, int]:
    """Count the queries by who answered them."""
    got = np.asarray(answers.lengths > 0)
    sources = answers.answered().sources.value_counts()
    by_source = {
        f"answered_by_{one['values']}".replace("-", "_"): one["counts"].as_py() for one in sources
    }
    return {**answers.counts, **by_source, "unanswered": int((~got).sum())}


class _Clock:
    """Tells how far an export is, and how many seconds it will take from here on."""

    def __init__(self, done: int, total: int, listen: Listener) -> None:
        self._first, self._total, self._listen = done, total, listen
        self._start = time.perf_counter()

    def tell(self, done: int) -> None:
        """Say that so many queries are done."""
        pace = (time.perf_counter() - self._start) / max(done - self._first, 1)
        figures = {"seconds left": pace * (self._total - done)}
        self._listen(Progress("export", done, self._total, "queries", figures))
