"""Addresses of databases: what they name, and that no password is written into them.

A job is kept in the manifest of what it publishes, and its addresses stand in messages. So a
password has to be the name of an environment variable there, ``${SHOP_PASSWORD}``.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

from x2vec.errors import UsageError

__all__ = ["expanded", "file_in", "refuse_password", "scheme_of"]

_SECRET: Final = re.compile(r"pass|pwd|secret|token|credential|api_?key", re.IGNORECASE)
_ASSIGNED: Final = re.compile(r"(pass\w*|pwd)\s*=", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_FILES: Final = ("sqlite", "duckdb")


def scheme_of(address: str) -> str:
    """Return what stands before ``://``; empty where the address is a path.

    >>> scheme_of("postgresql://db/shop"), scheme_of("shop.db")
    ('postgresql', '')
    """
    scheme, separator, _ = address.partition("://")
    return scheme.lower() if separator else ""


def file_in(address: str) -> tuple[str, str]:
    """Return scheme and file of an address of a file; of all else an empty scheme.

    >>> file_in("sqlite:///shop.db"), file_in("sqlite:////data/shop.db"), file_in("shop.db")
    (('sqlite', 'shop.db'), ('sqlite', '/data/shop.db'), ('', 'shop.db'))

    Raises:
        UsageError: The address of a file names a host, or no file.
    """
    scheme = scheme_of(address)
    if scheme not in _FILES:
        return "", address
    rest = address.partition("://")[2]
    if not rest.startswith("/") or rest == "/":
        raise UsageError(
            f"path: {address} names no file; expected {scheme}:///shop.db, or {scheme}:////data/"
            "shop.db from the root on."
        )
    return scheme, rest[1:]


def refuse_password(address: str) -> None:
    """Raise an error where a password is written into an address.

    >>> refuse_password("postgresql://reader:${SHOP_PASSWORD}@db/shop")

    Raises:
        UsageError: Does not repeat the address.
    """
    if not scheme_of(address):
        if _ASSIGNED.search(address):
            raise _written()
        return
    try:
        parts = urlsplit(address)
        secrets = [parts.password, *(v for k, v in parse_qsl(parts.query) if _SECRET.search(k))]
    except ValueError:
        raise UsageError("path: an address that cannot be read; check its brackets.") from None
    if any(secret and not _VARIABLE.fullmatch(secret) for secret in secrets):
        raise _written()


def expanded(address: str) -> tuple[str, list[str]]:
    """Put the values of environment variables in; return the address, and these values.

    Raises:
        UsageError: A variable is not set.
    """
    values: list[str] = []

    def value(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise UsageError(f"path: the environment variable {found[1]} is not set.")
        values.extend((os.environ[found[1]], quote(os.environ[found[1]], safe="")))
        return values[-1]

    return _VARIABLE.sub(value, address), values


def _written() -> UsageError:
    return UsageError(
        "path holds a password, which would be kept with all that is published. Write ${NAME} in "
        "its place, for the environment variable that holds it."
    )
