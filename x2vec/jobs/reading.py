"""What a job reads before anything is fitted: cleaned, held out, and written as a corpus."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from x2vec.adapters import local_copies
from x2vec.corpus import Ledger, Queries, Sequences
from x2vec.errors import X2VecError
from x2vec.jobs.choosing import Validation, cut_validation
from x2vec.jobs.config import Job, QueryChoice
from x2vec.jobs.early import columns_found, refuse_columns, refuse_unnamed
from x2vec.jobs.rankers import HYBRID
from x2vec.jobs.report import SplitReport
from x2vec.jobs.rules import refuse_rules
from x2vec.jobs.side_of_job import side_of_job
from x2vec.jobs.source import read_sequences
from x2vec.jobs.splitting import given, split
from x2vec.jobs.steps import Prepared, prepare
from x2vec.progress import Listener, Notice

__all__ = ["Ready", "hold_out", "in_section", "read_and_split", "read_parts"]


@dataclass(frozen=True, eq=False)
class Ready:
    """What a job has read, before anything is fitted.

    Attributes:
        read: What was read, removed by which reason, and kept.
        prepared: What is trained on.
        queries: What is asked; None where nothing is held out.
        split: How it was split; None where nothing is held out.
        validation: What the query form is chosen on; None where the job says the form.
        train: What ``prepared`` was made of; None where no hybrid is to be cut from it.
    """

    read: Ledger
    prepared: Prepared
    queries: Queries | None
    split: SplitReport | None
    validation: Validation | None = None
    train: Sequences | None = None


def read_and_split(
    job: Job, *, hear: Listener, beside: Callable[[], Any] = lambda: None
) -> tuple[Ready, Any]:
    """Read a job's source, clean, hold out, and write what is left as a corpus.

    Args:
        job: The job, its paths located.
        hear: Hears the progress.
        beside: Reads the item table, if it is needed, before the source; remote files are fetched
            once for both.

    Returns:
        What is ready, and what ``beside`` returned.

    Raises:
        X2VecError: Whatever is wrong with the job or its source.
    """
    sequences, test, else_read = read_parts(job, hear=hear, beside=beside)
    ledger, train, queries, report = hold_out(sequences, test, job, hear=hear)
    side = side_of_job(job, else_read, train.items.type, listen=hear)
    prepared, validation = prepare(train, job.training, side=side, listen=hear), None
    if isinstance(job.query, QueryChoice):
        validation = cut_validation(train, job.evaluate, job.query, job.training, side=side)
    is_cut_again = job.evaluate is not None and HYBRID in job.evaluate.chosen
    left = train if is_cut_again else None
    return Ready(ledger, prepared, queries, report, validation, left), else_read


def read_parts(
    job: Job, *, hear: Listener, beside: Callable[[], Any] = lambda: None
) -> tuple[Sequences, Sequences | None, Any]:
    """Read a job's source, and that of its test part if it has one; see ``read_and_split``."""
    refuse_rules(job)
    if job.of_test is not None:
        in_section("test", refuse_rules, job.of_test)
    with local_copies(hear):
        else_read = beside()
        refuse_unnamed(job)
        if job.of_test is not None:
            in_section("test", refuse_unnamed, job.of_test)
        sequences = _read(job, hear)
        test = None
        if job.of_test is not None:
            test = in_section("test", _read, job.of_test, hear)
    return sequences, test, else_read


def in_section(name: str, do: Callable[..., Any], *arguments: Any) -> Any:
    """Do something with the source of a section other than ``[source]``; errors name the section.

    Raises:
        X2VecError: As ``do`` raises it.
    """
    try:
        return do(*arguments)
    except X2VecError as error:
        error.args = (f"[{name}]: {str(error).replace('[source] ', '')}", *error.args[1:])
        raise


def _read(job: Job, hear: Listener) -> Sequences:
    sequences = read_sequences(
        job.source.adapter,
        job.source.options,
        max_missing_share=job.source.max_missing_share,
        listen=hear,
    )
    refuse_columns(job, columns_found(sequences))
    return sequences


def hold_out(
    sequences: Sequences, test: Sequences | None, job: Job, *, hear: Listener
) -> tuple[Ledger, Sequences, Queries | None, SplitReport | None]:
    """Clean and hold out; the ledger is that of cleaning, the sequences are left for training.

    An item counts as frequent by its training events alone, so that rule comes after the split.
    Then lengths are looked at again, but nothing is cut again, and no repeat is new.
    """
    if job.evaluate is None:
        cleaned = sequences.clean(job.sequences)
        _tell(cleaned, sequences, hear)
        return cleaned.ledger, cleaned, None, None
    rules = dataclasses.replace(job.sequences, min_count=1)
    cleaned = sequences.clean(rules)
    _tell(cleaned, sequences, hear)
    if test is None:
        held_out, report = split(cleaned, job.evaluate, seed=job.training.seed)
    else:
        asked = in_section("test", test.clean, rules)
        held_out, report = given(cleaned, asked, job.evaluate, seed=job.training.seed)
    again = dataclasses.replace(job.sequences, gap=None, ends=(), min_dwell=None, repeats="keep")
    return cleaned.ledger, held_out.train.clean(again), held_out.queries, report


def _tell(cleaned: Sequences, sequences: Sequences, hear: Listener) -> None:
    """Tell what there is to say of sequences since they were cleaned."""
    for note in cleaned.notes[len(sequences.notes) :]:
        hear(Notice("clean", note))
