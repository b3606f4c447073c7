"""From a TOML job to a tree of frozen dataclasses, or to every problem of the file in one message.

The dataclasses say everything: their fields are the keys, their types what a key takes, their
``__post_init__`` the bounds. One field of a section may get a type that another key chooses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from x2vec.errors import UsageError
from x2vec.jobs.toml.document import parse_document, read_text
from x2vec.jobs.toml.positions import lines
from x2vec.jobs.toml.problems import Problems
from x2vec.jobs.toml.scanner import KeyPath
from x2vec.jobs.toml.values import check_value, without_none
from x2vec.jobs.toml.wording import LISTS, MAPPINGS, close, section_text

__all__ = ["Chooser", "read_toml"]

T = TypeVar("T")
_Fields = Mapping[str, "dataclasses.Field[Any]"]

Chooser = Callable[[Mapping[str, Any]], type]
"""Takes a section's own fields, checked and with defaults, and returns the dataclass of the rest.

It says that it cannot by raising a UsageError or ValueError that names the field to blame."""


def read_toml(
    source: Path | str,
    root: type[T],
    *,
    name: str | None = None,
    resolve: Mapping[str, Chooser] | None = None,
) -> T:
    r"""Read a job into a dataclass of sections.

    Args:
        source: A ``Path`` is a file to read; a ``str`` is the TOML itself. Empty is a job without
            sections, which is fine where every field of ``root`` has a default.
        root: A dataclass whose fields are plain values or sections, that is dataclasses again.
        name: What messages call the job; the path as given, or "job", where it is None.
        resolve: For ``"section.field"``, what chooses that field's dataclass. The keys of the
            section that no other field takes are the keys of that dataclass.

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
    problems = Problems(name, lines(text, document))
    job: T = _Reader(problems, resolve or {}).table(root, document, ())
    problems.tell()
    return job


class _Reader:
    """Builds what a document says and notes problems; beside a new problem, a result is void."""

    def __init__(self, problems: Problems, resolve: Mapping[str, Chooser]) -> None:
        self.problems = problems
        self.resolve = resolve

    def table(
        self, cls: type, table: Mapping[str, Any], path: KeyPath, *, around: Iterable[str] = ()
    ) -> Any:
        """Build a dataclass from a section's keys, less those that the one ``around`` it takes."""
        hints = get_type_hints(cls, include_extras=True)
        fields = {field.name: field for field in dataclasses.fields(cls) if field.init}
        late = None if around else self.late(cls, path)
        own = {key: field for key, field in fields.items() if key != late}
        rest = {key: value for key, value in table.items() if key not in own}
        missing = [key for key in own if key not in table and not _has_default(own[key])]
        built: dict[str, Any] = {}
        given = [key for key in own if key in table]
        for key in given:
            self.attempt(built, key, self.value, hints[key], table[key], (*path, key), path)
        if late is not None:
            is_whole = not missing and len(built) == len(given)
            chosen = self.choose(late, own, built, path) if is_whole else None
            if chosen is not None:
                self.attempt(built, late, partial(self.table, around=own), chosen, rest, path)
                rest = {}
            else:  # nobody can tell which keys belong, but for a slip in one that is missing
                rest = {key: value for key, value in rest.items() if close(key, missing)}
        known = [*around, *own]
        meant = {
            self.problems.unknown(key, value, section=path, known=known, given=table)
            for key, value in rest.items()
        }
        for key in missing:
            if key not in meant:
                required = self.required(without_none(hints[key]), (*path, key))
                self.problems.missing(key, section=path, required=required)
        if late is not None and late not in built:
            return None
        wrong = {*given, *missing} - built.keys()
        return self.construct(cls, fields, built, wrong, path)

    def value(self, annotation: Any, value: Any, path: KeyPath, section: KeyPath) -> Any:
        """Build what a key takes: a section, a list or mapping of values, or one value."""
        annotation = without_none(annotation)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
            if isinstance(value, dict):
                return self.table(annotation, value, path)
            reason = f"expected a section {section_text(path)}"
            return self.problems.wrong_value(path, section, value, reason)
        if isinstance(value, dict) and origin in MAPPINGS:
            return {k: self.value(arguments[1], v, (*path, k), path) for k, v in value.items()}
        is_uniform = len(arguments) == 1 or arguments[1:] == (...,)
        if isinstance(value, list) and origin in LISTS and is_uniform:
            made = [self.value(arguments[0], v, (*path, n), section) for n, v in enumerate(value)]
            return made if origin is list else tuple(made)
        try:
            return check_value(annotation, value)
        except ValueError as error:
            return self.problems.wrong_value(path, section, value, str(error))

    def late(self, cls: type, path: KeyPath) -> str | None:
        """Return the field of a section whose type is chosen by the others, if there is one."""
        names = (field.name for field in dataclasses.fields(cls))
        return next((name for name in names if _dotted(path, name) in self.resolve), None)

    def required(self, annotation: Any, path: KeyPath) -> list[str] | None:
        """Return the keys that a section of that type needs; None where it is no section."""
        if not dataclasses.is_dataclass(annotation) or not isinstance(annotation, type):
            return None
        fields = (f for f in dataclasses.fields(annotation) if f.init and not _has_default(f))
        return [field.name for field in fields if field.name != self.late(annotation, path)]

    def attempt(
        self, built: dict[str, Any], key: str, build: Callable[..., Any], *arguments: Any
    ) -> None:
        """Keep under ``key`` what ``build`` returns, unless it noted a problem."""
        n_problems = len(self.problems)
        value = build(*arguments)
        if len(self.problems) == n_problems:
            built[key] = value

    def choose(
        self, late: str, own: _Fields, built: Mapping[str, Any], path: KeyPath
    ) -> type | None:
        """Ask which dataclass takes the rest of a section; None where the answer is a problem."""
        section = dict(built)
        for key in own.keys() - built.keys():
            factory = own[key].default_factory
            section[key] = own[key].default if factory is dataclasses.MISSING else factory()
        try:
            return self.resolve[_dotted(path, late)](section)
        except (UsageError, ValueError) as error:
            self.problems.blame(error, section=path, keys=own, wrong=())
            return None

    def construct(
        self, cls: type, fields: _Fields, built: Mapping[str, Any], wrong: Set[str], path: KeyPath
    ) -> Any:
        """Make the dataclass; where keys are wrong, with their defaults, to hear of the others."""
        if not all(_has_default(fields[key]) for key in wrong):
            return None
        try:
            return cls(**built)
        except (UsageError, ValueError) as error:
            return self.problems.blame(error, section=path, keys=fields, wrong=wrong)


def _dotted(path: KeyPath, key: str) -> str:
    return ".".join(map(str, (*path, key)))


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return not field.default is field.default_factory is dataclasses.MISSING
