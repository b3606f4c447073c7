"""Addresses of remote files: which texts are some, and how they are shown without their secrets."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_address", "without_secrets"]

_HIDDEN: Final = "***"
_USER: Final = re.compile(r"(?<=://)[^\s/?#'\"]+(?=@)")
"""Who asks, before the host: ``user:password`` or a token."""
_PARAMETER: Final = re.compile(
    r"(?<=[?&;])([^\s=&;'\"]*(?:sig|token|key|secret|pass|pwd|cred|auth)[^\s=&;'\"]*=)[^\s&;#'\"]+",
    re.IGNORECASE,
)
"""A parameter that lets its holder in, as in the signed addresses of S3, GCS and Azure."""


def is_address(path: str) -> bool:
    """Say whether a path is the address of something that is not in the file system.

    >>> is_address("s3://shop/a.csv"), is_address("zip://a.csv::shop.zip"), is_address("a.csv")
    (True, True, False)
    """
    return "://" in path


def without_secrets(text: str) -> str:
    """Return a text with what is secret in the addresses that it holds put out of sight.

    >>> without_secrets("https://ann:s3cret@shop.example/a.csv?part=1&X-Amz-Signature=c0ffee")
    'https://***@shop.example/a.csv?part=1&X-Amz-Signature=***'
    """
    if not is_address(text):
        return text
    return _PARAMETER.sub(rf"\g<1>{_HIDDEN}", _USER.sub(_HIDDEN, text))
