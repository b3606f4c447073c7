"""Batch export: the answers for every history or item of a table, as files or a database table."""

from x2vec.jobs.export.config import ExportJob, read_export
from x2vec.jobs.export.report import ExportReport
from x2vec.jobs.export.run import export_job, run_export

__all__ = ["ExportJob", "ExportReport", "export_job", "read_export", "run_export"]
