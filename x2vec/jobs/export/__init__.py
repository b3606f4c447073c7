"""Batch export: the answers for every history or item of a table, as files or a database table."""

from x2vec.jobs.export.config import ExportJob, read_export

__all__ = ["ExportJob", "read_export"]
