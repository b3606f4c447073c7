"""Tuning: settings found by search on a validation part; the test part is not looked at."""

from x2vec.jobs.tuning.of_job import tune_job
from x2vec.jobs.tuning.result import Tuning
from x2vec.jobs.tuning.trials import Trial
from x2vec.jobs.tuning.tune import tune_sequences

__all__ = ["Trial", "Tuning", "tune_job", "tune_sequences"]
