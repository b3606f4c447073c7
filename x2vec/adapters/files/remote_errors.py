"""What can go wrong with a remote file, in one line: each library has words of its own for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from x2vec.adapters.files.addresses import without_secrets
from x2vec.errors import MissingPackageError, SourceError, UsageError, X2VecError

__all__ = ["remote_errors"]

_PACKAGES: Final = {
    **dict.fromkeys(("http", "https"), "aiohttp"),
    **dict.fromkeys(("s3", "s3a"), "s3fs"),
    **dict.fromkeys(("gs", "gcs"), "gcsfs"),
    **dict.fromkeys(("az", "abfs", "abfss"), "adlfs"),
}


@contextmanager
def remote_errors(address: str) -> Iterator[None]:
    """Turn what is raised while an address is looked up or fetched into an error for the user.

    Raises:
        MissingPackageError: The package for this kind of address is not installed.
        UsageError: Nobody knows this kind of address.
        SourceError: All else, with the address; secrets are in neither message nor traceback.
    """
    try:
        yield
    except X2VecError:
        raise
    except Exception as error:
        told = _told(error, address)
        raise told from (error if without_secrets(str(error)) == str(error) else None)


def _told(error: Exception, address: str) -> X2VecError:
    shown = without_secrets(address)
    unknown = re.search(r"Protocol not known: (.*)", str(error))
    if unknown:
        return UsageError(
            f"{shown}: nobody here knows {unknown[1]}:// addresses; there are http://, https://, "
            "s3://, gs:// and others of fsspec. Check the spelling."
        )
    if isinstance(error, ImportError):
        protocols = re.findall(r"(\w+)://", address)
        package = next((_PACKAGES[one] for one in protocols if one in _PACKAGES), None)
        todo = f"Run: pip install {package}" if package else f"{error}."
        return MissingPackageError(f"{shown}: reading it takes a package that is missing. {todo}")
    return SourceError(f"{shown}: {_reason(error)}")


def _reason(error: Exception) -> str:
    kind, status = type(error).__name__, getattr(error, "status", None)
    found = without_secrets(" ".join(str(error).split())) or kind
    if isinstance(error, FileNotFoundError) or kind == "NoSuchBucket":
        return "no such file. Check the address."
    if isinstance(error, PermissionError) or status in (401, 403):
        return (
            "no permission to read it. Check the credentials that this process has, such as those "
            "in its environment."
        )
    if isinstance(status, int):
        return f"the server answers {status} {getattr(error, 'message', '')}. Try again later."
    if "Credentials" in kind:
        return f"{found}. Give this process credentials; for open data on S3 FSSPEC_S3_ANON=true."
    if isinstance(error, TimeoutError) or "Timeout" in kind:
        return f"no answer in time ({found}). Check the network, and try again later."
    if "Payload" in kind or "Incomplete" in kind or "Disconnected" in kind:
        return f"the connection broke off halfway ({found}). Try again."
    if "Connect" in kind or isinstance(error, ConnectionError):
        return f"no connection ({found}). Check the address and the network."
    return f"cannot be fetched ({kind}: {found}). Check the address."
