"""File to file: a TOML job becomes a store and a report; the one place that builds a run."""

from x2vec.jobs.check import CheckReport, check
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.choosing import choose_form, cut_validation, with_choice
from x2vec.jobs.config import (
    Job,
    Publish,
    QueryChoice,
    SideInformation,
    Source,
    Training,
    read_job,
)
from x2vec.jobs.contest import contest
from x2vec.jobs.dry_run import DryRun, dry_run
from x2vec.jobs.embedding import Embedded, embed_items
from x2vec.jobs.evaluate import Evaluation, evaluate_job, place_of_report
from x2vec.jobs.evidence import with_evidence
from x2vec.jobs.export import ExportJob, ExportReport, export_job
from x2vec.jobs.presets import PRESETS, Preset, preset
from x2vec.jobs.profile import profile_job
from x2vec.jobs.report import RunReport, SplitReport
from x2vec.jobs.run import run, run_job
from x2vec.jobs.side import SideSource
from x2vec.jobs.source import read_sequences
from x2vec.jobs.steps import fit_sequences
from x2vec.jobs.tuning import Trial, Tuning, tune_job, tune_sequences
from x2vec.jobs.tuning.clock import Limit
from x2vec.jobs.update import Update, update_embeddings

__all__ = [
    "CheckReport",
    "Checkpoint",
    "DryRun",
    "Embedded",
    "Evaluation",
    "ExportJob",
    "ExportReport",
    "Job",
    "Limit",
    "PRESETS",
    "Preset",
    "Publish",
    "QueryChoice",
    "RunReport",
    "SideInformation",
    "SideSource",
    "Source",
    "SplitReport",
    "Training",
    "Trial",
    "Tuning",
    "Update",
    "check",
    "choose_form",
    "contest",
    "cut_validation",
    "dry_run",
    "embed_items",
    "evaluate_job",
    "export_job",
    "fit_sequences",
    "place_of_report",
    "preset",
    "profile_job",
    "read_job",
    "read_sequences",
    "run",
    "run_job",
    "tune_job",
    "tune_sequences",
    "update_embeddings",
    "with_choice",
    "with_evidence",
]
