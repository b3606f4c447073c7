"""Rules of cutting and cleaning that the adapter asks for, before those of the job."""

from __future__ import annotations

import dataclasses

from x2vec.adapters import Events, open_events
from x2vec.adapters.durations import microseconds
from x2vec.corpus import SequenceRules
from x2vec.errors import ConfigError, PluginError
from x2vec.jobs.config import Job

__all__ = ["adapter_rules", "refuse_rules", "rules_of_source"]


def adapter_rules(events: Events) -> SequenceRules:
    """Return the rules that an adapter asks for; repeats stay unless it says otherwise.

    Raises:
        ConfigError: A rule breaks its bounds.
        PluginError: There is no such rule.
    """
    known = {field.name for field in dataclasses.fields(SequenceRules)}
    unknown = sorted(events.rules.keys() - known)
    if unknown:
        raise PluginError(
            f"The adapter '{events.adapter}' asks for the rule {unknown[0]!r}; "
            f"there are {', '.join(sorted(known))}."
        )
    return SequenceRules(**{"repeats": "keep", **events.rules})


def rules_of_source(job: Job) -> SequenceRules:
    """Return the rules that a job's source asks for; nothing is read. Errors as above."""
    return adapter_rules(open_events(job.source.adapter, job.source.options))


def refuse_rules(job: Job) -> None:
    """Refuse a gap of the job that would do nothing beside that of the source.

    Raises:
        ConfigError: The source is cut at shorter pauses, or as long ones, already.
        PluginError: The adapter asks for a rule that there is not.
    """
    of_source, own = rules_of_source(job).gap, job.sequences.gap
    if of_source is None or own is None or microseconds(own) < microseconds(of_source):
        return
    raise ConfigError(
        f"[sequences] gap = {own!r} does nothing, as [source] cuts at gaps longer than {of_source} "
        "already. Set gap in [source], and leave it out here."
    )
