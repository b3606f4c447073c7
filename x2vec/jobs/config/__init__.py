"""What a TOML job says, section by section, each field with its bounds."""

from x2vec.jobs.config.cold_start import Inference
from x2vec.jobs.config.evaluate import Evaluate
from x2vec.jobs.config.job import Job
from x2vec.jobs.config.job_file import read_job
from x2vec.jobs.config.places import Items, Publish, Source
from x2vec.jobs.config.query import QueryChoice
from x2vec.jobs.config.side import SideInformation
from x2vec.jobs.config.training import Training

__all__ = [
    "Evaluate",
    "Inference",
    "Items",
    "Job",
    "Publish",
    "QueryChoice",
    "SideInformation",
    "Source",
    "Training",
    "read_job",
]
