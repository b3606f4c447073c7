"""What databases raise, told in one way: whose fault it is, where, and in the database's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from x2vec.adapters.tables.duck import interruptible
from x2vec.errors import SourceError, UsageError, X2VecError

__all__ = ["telling"]

_SQLITE_WRONG = (1, 17)  # https://sqlite.org/rescode.html: wrong SQL; the same, schema read anew
_SQLITE_INTERRUPT = 9
_PRIMARY = 0xFF  # the rest is an extended code


@contextmanager
def telling(
    name: str, what: str = "", *, is_query: bool = False, secrets: tuple[str, ...] = ()
) -> Iterator[None]:
    """Tell what a driver raises as an error of x2vec.

    Args:
        name: What messages call the database.
        what: What was being done, if more is to be said.
        is_query: Whether a query is being planned, so that the query may be at fault.
        secrets: What must not stand in a message.

    Raises:
        UsageError: The query is wrong.
        SourceError: Anything else that the driver raises.
        KeyboardInterrupt: The user stopped a running query.
    """
    try:
        with interruptible():
            yield
    except X2VecError:
        raise
    except Exception as error:  # drivers raise what they like
        code = getattr(error, "sqlite_errorcode", None)
        code = None if code is None else code & _PRIMARY
        if code == _SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        found = " ".join(str(error).split()) or type(error).__name__
        for secret in secrets:
            found = found.replace(secret, "***") if secret else found
        is_wrong = code in _SQLITE_WRONG or (
            code is None and any(cls.__name__ == "ProgrammingError" for cls in type(error).__mro__)
        )
        if is_query and is_wrong:
            raise UsageError(f"{name}: query: {found}") from (None if secrets else error)
        told = f"{name}: {what}{found}"
        raise SourceError(told) from (None if secrets else error)
