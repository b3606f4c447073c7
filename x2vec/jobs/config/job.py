"""A job as a value: one run, with all that its sections say of each other."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from x2vec.adapters import absolute_path
from x2vec.corpus import SequenceRules
from x2vec.errors import ConfigError
from x2vec.jobs.canonical import fingerprint, to_dict
from x2vec.jobs.config.cold_start import Inference
from x2vec.jobs.config.evaluate import Evaluate
from x2vec.jobs.config.kept import refuse_dropped
from x2vec.jobs.config.places import Items, Publish, Source
from x2vec.jobs.config.query import QueryChoice
from x2vec.jobs.config.side import SideInformation
from x2vec.jobs.config.training import Training
from x2vec.jobs.presets import preset
from x2vec.jobs.rankers import EMBEDDING_RANKERS, check_askable_as, name_on_trial
from x2vec.recommendation import QueryForm
from x2vec.training import Model, SkipGram, engine_for

__all__ = ["Job"]


@dataclass(frozen=True)
class Job:
    """One run, from a source to a published store.

    Attributes:
        source: Where the events come from.
        publish: Where the embeddings go.
        items: What is known about the items, if anything.
        cold_start: How items without events get a vector; None gives them none. Its ids are in the
            column that ``items`` names, unless it names another one.
        side_information: What the model learns from beside the events; None for the events alone.
        sequences: How sequences are cut and cleaned.
        model: What is learnt.
        query: How a history is asked, of the ranker on trial and where training ends early; the
            manifest tells it to those who ask the store. Or by what the form is to be chosen.
        training: How.
        preset: The shape of the data (``presets.PRESETS``) whose settings are the defaults of
            ``[model]`` and ``[query]`` in a file; None goes by the adapter.
        evaluate: How it is measured; None trains on everything and measures nothing.
        test: Where the test part comes from, if the data have one of their own.

    Raises:
        ConfigError: A test part that nothing asks for, or none where it is asked for; a floor
            for a model that is not measured; a cold start from columns that are not kept.
    """

    source: Source
    publish: Publish
    items: Items | None = None
    cold_start: Inference | None = None
    side_information: SideInformation | None = None
    sequences: SequenceRules = field(default_factory=SequenceRules)
    model: Model = field(default_factory=SkipGram)
    query: QueryForm | QueryChoice = field(default_factory=QueryForm)
    training: Training = field(default_factory=Training)
    preset: str | None = None
    evaluate: Evaluate | None = None
    test: Source | None = None

    def __post_init__(self) -> None:
        if self.preset is not None:
            preset(self.preset)
        if self.query in (QueryForm(), QueryForm.of(self.model)):  # as the model is trained for
            form = QueryForm.of(self.model, ordered=self.source.ordered)
            object.__setattr__(self, "query", form)
        check_askable_as(self.form, self.model)
        if self.cold_start is not None and self.items is not None:
            if self.cold_start.item == Inference.item:
                told = replace(self.cold_start, item=self.items.item)
                object.__setattr__(self, "cold_start", told)
            cold = self.cold_start
            named = {name: f"[cold_start] {cold.kind_of(name)}" for name in cold}
            refuse_dropped(named, self.items.columns)
        if self.side_information is not None:
            if self.items is not None:
                columns = self.side_information.all_columns or ()
                refuse_dropped(dict.fromkeys(columns, "[side_information]"), self.items.columns)
            if not isinstance(self.model, SkipGram):
                raise ConfigError(
                    f"[side_information] goes into SkipGram, not into {type(self.model).__name__}; "
                    "set kind in [model], or leave the section out"
                )
        if not isinstance(self.model, SkipGram):  # which every engine trains
            engine_for(self.model, self.training.engine)
        is_given = self.evaluate is not None and self.evaluate.split == "given"
        problems = []
        if is_given and self.test is None:
            problems.append(
                '[evaluate] split is "given", and there is no section [test]: add one, with the '
                "keys of [source], that says where the test part is"
            )
        if self.test is not None and not is_given:
            problems.append(
                '[test] is read only with split = "given" in [evaluate]; set that, or leave the '
                "section out"
            )
        floor = self.evaluate and self.evaluate.floor
        if self.evaluate is not None and floor and floor.model is not None:
            is_open = isinstance(self.query, QueryChoice)
            trial = EMBEDDING_RANKERS[:2] if is_open else [name_on_trial(self.form)]
            measured = [*trial, *self.evaluate.chosen]
            if floor.model not in measured:
                problems.append(
                    f"[evaluate] floor asks for the model {floor.model!r}, which is not measured; "
                    f"there are {', '.join(dict.fromkeys(measured))}. Add it to models."
                )
        if problems:
            raise ConfigError("\n".join(problems))

    @property
    def form(self) -> QueryForm:
        """How a history is asked, as far as the job says; what the model is trained for else."""
        if isinstance(self.query, QueryForm):
            return self.query
        return QueryForm.of(self.model, ordered=self.source.ordered)

    def located(self, base: Path) -> Job:
        """Return the job with its paths made absolute, relative to a directory."""
        items = self.items
        store = os.path.normpath(str(absolute_path(self.publish.store, base)))
        return replace(
            self,
            source=self.source.located(base),
            test=self.test and self.test.located(base),
            items=items and replace(items, path=absolute_path(items.path, base)),
            publish=replace(self.publish, store=store),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the job as plain values, sections as in the file, with its defaults.

        Raises:
            ConfigError: The source is something that cannot be written down, such as a table.
        """
        plain = to_dict(self)
        plain["model"] = {"kind": type(self.model).__name__, **plain["model"]}
        for section in ("source", "test"):
            if plain[section] is not None:
                options = plain[section].pop("options")
                plain[section] = {**plain[section], **options}
        return plain

    @property
    def of_test(self) -> Job | None:
        """The job whose source is the test part; None where there is none of its own."""
        if self.test is None:
            return None
        return replace(self, source=self.test, test=None, evaluate=None)

    @property
    def fingerprint(self) -> str:
        """The sha256 of what decides about what is published.

        That is all but where it goes, what index it gets, and how often a checkpoint is written.
        """
        training = replace(self.training, checkpoint_every=0)
        publish = replace(self.publish, store="", index=None)
        return fingerprint(replace(self, training=training, publish=publish))
