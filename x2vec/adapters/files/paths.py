"""From what a user writes as a path to the files it means.

That is one file, a list, a glob, a file inside a package, or remote files, which are fetched.
"""

from __future__ import annotations

import dataclasses
import glob
import importlib.util
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from x2vec.adapters.files.addresses import is_address
from x2vec.adapters.files.copies import here
from x2vec.adapters.files.remote import RemoteFile, fetch, find_remote
from x2vec.errors import MissingPackageError, SourceError, UsageError

__all__ = ["absolute_path", "fetch_ahead", "find_files", "located"]

_PACKAGE: Final = "package:"
_LOCAL: Final = ("file://", "local://")


def find_files(path: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return the files that a path, a glob, a ``package:`` path or a list of those means.

    A list keeps its order; the files of a glob are sorted by name. ``package:NAME/inside/file``
    is a file inside an installed package, which is located but not imported. A remote file, such
    as ``s3://shop/a.csv``, is fetched; its copy is there until the block of ``local_copies``
    ends in which this is called, and ``name_of`` tells its address.

    Raises:
        SourceError: A file does not exist or cannot be fetched, or a glob matches none.
        MissingPackageError: The package of a ``package:`` path is not installed, or the one that
            an address needs.
        UsageError: An empty list, a path inside a package that leads out of it, or an address of
            a kind that nobody knows.
        StorageError: The temporary directory has no room for a remote file.
    """
    paths = [path] if isinstance(path, str | Path) else list(path)
    if not paths:
        raise UsageError("path: the list is empty; name at least one file.")
    found = [file for one in paths for file in _files_of(str(one))]
    copies = iter(fetch([file for file in found if isinstance(file, RemoteFile)], here))
    return [next(copies) if isinstance(file, RemoteFile) else file for file in found]


def absolute_path(path: Any, base: Path) -> Any:
    """Return the path, or each of a list, made absolute relative to a directory.

    A ``~`` at the start is the home directory. What has no base stays as it is: ``package:``
    paths, addresses such as ``s3://...``, and whatever is no path, as a plug-in's option may be.

    >>> absolute_path("package:shop/orders.parquet", Path("/jobs"))
    'package:shop/orders.parquet'
    >>> absolute_path(["orders.parquet", "zip://*.csv::orders.zip", None], Path("/jobs"))
    ['/jobs/orders.parquet', 'zip://*.csv::/jobs/orders.zip', None]
    """
    if isinstance(path, list | tuple):
        return [absolute_path(one, base) for one in path]
    if isinstance(path, str) and is_address(path):
        chain, link, last = path.rpartition("::")
        return path if is_address(last) else f"{chain}{link}{absolute_path(last, base)}"
    if isinstance(path, str) and path.startswith(_PACKAGE):
        return path
    if isinstance(path, str | Path):
        return str(base / os.path.expanduser(path))  # noqa: PTH111 - Path's raises at ~nobody
    return path


def fetch_ahead(path: Any) -> None:
    """Fetch what is remote of a source's path, so that it is there when an adapter asks for it.

    For the thread that hears of interrupts: while DuckDB draws from an adapter, none is heard until
    the next batch, which would be until all is fetched. What is no address of a file is left alone.
    """
    paths = path if isinstance(path, list | tuple) else [path]
    remote = [one for one in paths if isinstance(one, str) and is_address(one)]
    if remote:
        with suppress(UsageError):  # not a file's address, or it is told when the adapter asks
            find_files(remote)


def located(options: Any, base: Path) -> Any:
    """Return an adapter's options with their paths made absolute, relative to a directory.

    Paths are the field ``path`` and those marked with ``IS_PATH``; options with a method
    ``located(base)`` know better.
    """
    if hasattr(options, "located"):
        return options.located(base)
    paths = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if field.init and (field.name == "path" or field.metadata.get("is_path"))
    }
    absolute = {
        name: Path(absolute_path(path, base))
        if isinstance(path, Path)
        else absolute_path(path, base)
        for name, path in paths.items()
        if path is not None
    }
    return dataclasses.replace(options, **absolute)


def _files_of(path: str) -> list[Path] | list[RemoteFile]:
    if path.startswith(_PACKAGE):
        path = _inside_package(path)
    elif path.startswith(_LOCAL) and "::" not in path:
        path = path.partition("://")[2]
    elif is_address(path):
        return find_remote(path)
    if Path(path).is_file():  # first, for a file may have [ or * in its name
        return [Path(path)]
    if glob.has_magic(path):
        found = glob.glob(path, recursive=True)  # noqa: PTH207 - Path.glob: relative ones only
        matches = sorted(Path(match) for match in found)
        files = [match for match in matches if match.is_file()]
        if not files:
            raise SourceError(f"{path}: no file matches. Check the directory and the pattern.")
        return files
    if Path(path).is_dir():
        raise SourceError(f"{path}: a directory. Name its files, such as {path}/*.parquet.")
    raise SourceError(f"{path}: no such file{_nearest_directory(path)}. Check the path.")


def _nearest_directory(path: str) -> str:
    """Say which part of a missing path does not exist, if it is not the file itself."""
    missing = [parent for parent in Path(path).parents if not parent.exists()]
    return f"; there is no directory {missing[-1]}" if missing else ""


def _inside_package(path: str) -> str:
    name, _, inside = path.removeprefix(_PACKAGE).partition("/")
    if not name or not inside:
        raise UsageError(f"{path}: expected package:NAME/path/inside/it.")
    module = name.replace("-", "_")
    if not module.isidentifier():  # a dotted name would import its parent
        raise UsageError(f"{path}: '{name}' is no top-level package; put the rest after the /.")
    if ".." in Path(inside).parts or Path(inside).is_absolute():
        raise UsageError(f"{path}: the path leads out of the package.")
    spec = importlib.util.find_spec(module)
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    if not folders:
        raise MissingPackageError(
            f"{path}: the package '{name}' is not installed. "
            f"Run: pip install {name.replace('_', '-')}"
        )
    return str(Path(folders[0]) / inside)
