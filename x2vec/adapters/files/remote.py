"""Remote files, by the addresses that fsspec knows: found, and fetched whole, with progress told.

A file is fetched before it is read, so that a connection that breaks off is an error of its own and
no half of a file is ever read.
"""

from __future__ import annotations

import glob
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from x2vec.adapters.files.addresses import without_secrets
from x2vec.adapters.files.copies import Copies, check_room, making_room
from x2vec.adapters.files.remote_errors import remote_errors
from x2vec.errors import SourceError
from x2vec.progress import Progress

__all__ = ["RemoteFile", "fetch", "find_remote"]

_CONNECT: Final = 10  # seconds to wait for a connection
_SILENCE: Final = 30  # seconds to wait for the next bytes of an answer
_NAME_LENGTH: Final = 200  # of the 255 bytes that file systems take
_WEB: Final = re.compile(r"(\w+::)*https?://")


@dataclass(frozen=True, eq=False)
class RemoteFile:
    """A file at an address.

    Attributes:
        address: As the user knows it; may hold secrets.
        filesystem: fsspec's, which can fetch it.
        path: What that file system calls it.
    """

    address: str
    filesystem: Any
    path: str

    @property
    def name(self) -> str:
        """What messages call it."""
        return without_secrets(self.address)

    @property
    def file_name(self) -> str:
        """A name for a local copy, with the endings of the remote one."""
        path = re.split(r"[?#]", self.path)[0] if _WEB.match(self.address) else self.path
        name = re.sub(r"[^\w.+-]", "_", PurePosixPath(path).name)
        return name.encode()[-_NAME_LENGTH:].decode(errors="ignore").lstrip(".") or "file"


def find_remote(address: str) -> list[RemoteFile]:
    """Return the file at an address, or those that a glob in it matches, sorted by name.

    A glob is looked up, and a file where nothing else would end the wait for a dead server;
    whether any other file is there shows when it is fetched.

    Raises:
        MissingPackageError: The package for this kind of address is not installed.
        UsageError: Nobody knows this kind of address.
        SourceError: No file matches, or they cannot be listed.
    """
    import fsspec

    is_web = _WEB.match(address) is not None
    with remote_errors(address):
        patience = _patience(address)
        filesystem, path = fsspec.url_to_fs(address, **patience)
        filesystem.invalidate_cache()  # a listing of hours ago, in a process that lives long
        if is_web:  # where a ? starts the query
            is_glob = "*" in re.split(r"[?#]", path)[0]
        else:
            is_glob = glob.has_magic(path)
            waits = filesystem.async_impl and not patience
            if (is_glob or waits) and _is_there(filesystem, path):
                is_glob = False  # a file with a * in its name
        if not is_glob:
            return [RemoteFile(address, filesystem, path)]
        found = sorted(filesystem.glob(path, detail=True).items())
    files = [match for match, facts in found if facts.get("type") != "directory"]
    if not files:
        hint = " A web server shows its files only where it has a page of links." if is_web else ""
        raise SourceError(
            f"{without_secrets(address)}: no file matches. Check the address and the pattern.{hint}"
        )
    return [RemoteFile(_address_of(match, address), filesystem, match) for match in files]


def fetch(files: Sequence[RemoteFile], where: Callable[[], Copies]) -> list[Path]:
    """Fetch files, each once, and return where their copies are.

    Progress counts the bytes of one file, and where there are more, the files.

    Raises:
        SourceError: A file is not there, or may not be read, or the connection breaks off.
        StorageError: The temporary directory has no room for it.
    """
    if not files:
        return []
    copies, paths = where(), []
    for n, file in enumerate(files):

        def tell(done: int, size: int | None, n: int = n) -> None:
            if len(files) == 1:
                copies.listen(Progress("fetch", done, size, "bytes"))
            else:
                begun = done / size if size else 0
                copies.listen(Progress("fetch", n + begun, len(files), "files"))

        make = _fetching(file, tell)
        paths.append(copies.get(file.address, file.file_name, make, shown=file.name))
    return paths


def _is_there(filesystem: Any, path: str) -> bool:
    """Look for a file, and wait so long for the answer that its store has time to try twice."""
    limit = {"timeout": _SILENCE} if filesystem.async_impl else {}
    try:
        return bool(filesystem.info(path, **limit)["type"] == "file")
    except (FileNotFoundError, PermissionError):
        return False  # told by what comes next


def _patience(address: str) -> dict[str, Any]:
    """Return the options that make a server that does not answer an error within seconds."""
    options: dict[str, Any] = {}
    for protocol in set(re.findall(r"(\w+)://", address)):
        if protocol in ("s3", "s3a"):
            limits = {"connect_timeout": _CONNECT, "read_timeout": _SILENCE}
            options[protocol] = {"config_kwargs": {**limits, "retries": {"max_attempts": 1}}}
        elif protocol in ("http", "https"):
            try:
                import aiohttp
            except ImportError:
                continue  # fsspec misses it, too, and says so
            times = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=_SILENCE)
            options[protocol] = {"client_kwargs": {"timeout": times, "trust_env": True}}
        elif protocol in ("gs", "gcs"):  # logs each try with its traceback, to stderr if to nobody
            logging.getLogger("gcsfs").addHandler(logging.NullHandler())
    return options


def _fetching(file: RemoteFile, tell: Callable[[int, int | None], None]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with (
            remote_errors(file.address),
            _heard(path.parent, tell) as callback,
            making_room(path.parent, lambda: callback.size),
        ):
            file.filesystem.get_file(file.path, str(path), callback=callback)

    return make


@contextmanager
def _heard(directory: Path, tell: Callable[[int, int | None], None]) -> Iterator[Any]:
    """Give fsspec a callback, which may come in a thread of its own, also when all is over."""
    from fsspec.callbacks import Callback

    is_over = False

    class Heard(Callback):  # type: ignore[misc] # fsspec has no types
        def set_size(self, size: int | None) -> None:
            super().set_size(size)
            check_room(directory, size or 0)

        def call(self, *_: Any, **__: Any) -> None:
            if is_over:  # interrupted: this ends the other thread's work
                raise InterruptedError
            tell(self.value, self.size)

    try:
        yield Heard()
    finally:
        is_over = True


def _address_of(match: str, pattern: str) -> str:
    """Return the address of one match of a glob.

    >>> _address_of("a.csv", "zip://*.csv::s3://shop/all.zip")
    'zip://a.csv::s3://shop/all.zip'
    """
    first, chained, rest = pattern.partition("::")
    if "://" not in first:
        return f"{first}{chained}{_address_of(match, rest)}"
    protocol = first.partition("://")[0]
    found = match if "://" in match else f"{protocol}://{match.lstrip('/')}"
    return f"{found}{chained}{rest}"
