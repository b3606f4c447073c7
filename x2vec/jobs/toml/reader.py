"""From a TOML job to a tree of frozen dataclasses, or to every problem of the file in one message.

The dataclasses say everything: their fields are the keys, their types what a key takes, their
``__post_init__`` the bounds. One field of a section may get a type that another key chooses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from x2vec._text import closest
from x2vec.errors import UsageError
from x2vec.jobs.toml.document import parse_document, read_text
from x2vec.jobs.toml.problems import KeyPath, Problems, section_text
from x2vec.jobs.toml.values import check_value, without_none

__all__ = ["Chooser", "read_toml"]

T = TypeVar("T")

Chooser = Callable[[Mapping[str, Any]], type]
"""Takes a section's own fields, checked and with defaults, and returns the dataclass of the rest.

It says that it cannot by raising a UsageError or ValueError that names the field to blame."""


def read_toml(
    source: Path | str,
    root: type[T],
    *,
    name: str | None = None,
    resolve: Mapping[str, Chooser] | None = None,
    kinds: Mapping[str, Chooser] | None = None,
    complete: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> T:
    r"""Read a job into a dataclass of sections.

    Args:
        source: A ``Path`` is a file to read; a ``str`` is the TOML itself. Empty is a job without
            sections, which is fine where every field of ``root`` has a default.
        root: A dataclass whose fields are plain values or sections, that is dataclasses again.
        name: What messages call the job; the path as given, or "job", where it is None.
        resolve: For ``"section.field"``, what chooses that field's dataclass. The keys of the
            section that no other field takes are the keys of that dataclass.
        kinds: For a section that is one of several dataclasses, what chooses it by all that the
            section says; its key ``kind`` belongs to no field.
        complete: Takes what the job says and returns it with what it leaves out; what it adds
            must be right, for no line can be blamed for it.

    Raises:
        ConfigError: Everything that is wrong with the job, one line a problem, ordered by line; a
            problem whose line is not known comes last. Bounds that a section checks itself are
            only looked at once the keys that it needs are there.
        StorageError: The file is there and cannot be read.

    Example:
        >>> from dataclasses import make_dataclass
        >>> Model = make_dataclass("Model", [("window", int, 5)], frozen=True)
        >>> Job = make_dataclass("Job", [("model", Model, Model())], frozen=True)
        >>> read_toml("[model]\nwindow = 9", Job)
        Job(model=Model(window=9))
        >>> read_toml("[model]\nwindou = 5", Job)
        Traceback (most recent call last):
        x2vec.errors.ConfigError: job:2: [model] windou: unknown key; did you mean 'window'?
    """
    if isinstance(source, str):
        text, name = source.replace("\r\n", "\n"), name or "job"
    else:
        text, name = read_text(source), name or str(source)
    document = parse_document(text, name=name)
    problems = Problems(name, text)
    if complete is not None:
        document = dict(complete(document))
    job: T = _Reader(problems, resolve or {}, kinds or {}).section(root, document, ())
    problems.tell()
    return job


class _Reader:
    """Builds what a document says and notes problems; beside a new problem, a result is void."""

    def __init__(
        self, problems: Problems, resolve: Mapping[str, Chooser], kinds: Mapping[str, Chooser]
    ) -> None:
        self.problems = problems
        self.resolve = resolve
        self.kinds = kinds

    def section(
        self, cls: type, table: Mapping[str, Any], path: KeyPath, *, around: Collection[str] = ()
    ) -> Any:
        """Build a dataclass from a section's keys; those ``around`` it are already taken."""
        hints = get_type_hints(cls, include_extras=True)
        fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
        late = next((key for key in fields if ".".join((*path, key)) in self.resolve), None)
        late = None if around else late
        own = {key: field for key, field in fields.items() if key != late}
        rest = {key: value for key, value in table.items() if key not in own}
        missing = [key for key in own if key not in table and not _has_default(own[key])]
        built: dict[str, Any] = {}
        for key in own:
            if key in table:
                self.keep(built, key, self.value, hints[key], table[key], (*path, key))
        if late is not None:
            chosen = None
            if not missing and all(key in built for key in own if key in table):
                chosen = self.choose(late, own, built, path)
            if chosen is None:  # nobody can tell which keys belong, but for a slip in a missing one
                rest = {key: value for key, value in rest.items() if closest(key, missing)}
            else:
                self.keep(built, late, self.section, chosen, rest, path, around=[*own])
                rest = {}
        meant = {
            self.problems.unknown((*path, key), value, known=[*around, *own], given=table)
            for key, value in rest.items()
        }
        for key in missing:
            if key not in meant:
                is_section = dataclasses.is_dataclass(without_none(hints[key]))
                self.problems.missing((*path, key), is_section=is_section)
        wrong = {key for key in fields if key in table or key in missing} - built.keys()
        if late not in (None, *built) or not all(_has_default(fields[key]) for key in wrong):
            return None
        try:  # where keys are wrong, with their defaults, to hear of the others
            return cls(**built)
        except (UsageError, ValueError) as error:
            self.problems.blame(error, path, keys=fields, wrong=wrong)
            return None

    def value(self, annotation: Any, value: Any, path: KeyPath) -> Any:
        """Build what a key takes: a section or a value."""
        annotation = without_none(annotation)
        try:
            if isinstance(value, dict) and (kind := self.kinds.get(".".join(path))) is not None:
                annotation, value = kind(value), {k: v for k, v in value.items() if k != "kind"}
            if not dataclasses.is_dataclass(annotation) or not isinstance(annotation, type):
                return check_value(annotation, value)
            if isinstance(value, dict):
                return self.section(annotation, value, path)
            raise ValueError(f"expected a section {section_text(path)}")
        except ValueError as error:
            self.problems.wrong_value(path, value, str(error))
            return None

    def keep(
        self, built: dict[str, Any], key: str, build: Callable[..., Any], *what: Any, **how: Any
    ) -> None:
        """Keep under ``key`` what ``build`` returns, unless it noted a problem."""
        n_problems = len(self.problems)
        value = build(*what, **how)
        if len(self.problems) == n_problems:
            built[key] = value

    def choose(
        self,
        late: str,
        own: Mapping[str, dataclasses.Field[Any]],
        built: Mapping[str, Any],
        path: KeyPath,
    ) -> type | None:
        """Ask which dataclass takes the rest of a section; None where the answer is a problem."""
        section = dict(built)
        for key in own.keys() - built.keys():
            factory = own[key].default_factory
            section[key] = own[key].default if factory is dataclasses.MISSING else factory()
        try:
            return self.resolve[".".join((*path, late))](section)
        except (UsageError, ValueError) as error:
            self.problems.blame(error, path, keys=own)
            return None


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return not field.default is field.default_factory is dataclasses.MISSING
