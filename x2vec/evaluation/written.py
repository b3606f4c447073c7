"""A report in a directory: figures, queries, Markdown and a page, for programs and for people."""

from __future__ import annotations

from pathlib import Path

from x2vec.errors import StorageError
from x2vec.evaluation.report import Report

__all__ = ["write_report", "write_text"]


def write_report(report: Report, directory: str | Path) -> None:
    """Write report.json, queries.parquet, report.md and report.html; earlier ones are replaced.

    Raises:
        StorageError: Writing failed.
    """
    directory = Path(directory)
    report.save(directory)
    write_text(report.to_markdown(), directory / "report.md")
    write_text(report.to_html(), directory / "report.html")


def write_text(text: str, path: str | Path) -> None:
    """Write a file as a whole: readers see the old one or the new one.

    Raises:
        StorageError: Writing failed.
    """
    path = Path(path)
    staged = path.with_name(f".{path.name}.part")
    try:
        staged.write_text(text, encoding="utf-8", newline="\n")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise StorageError(
            f"{path}: {error.strerror or error}. Name a file in a directory that can be written to."
        ) from error
