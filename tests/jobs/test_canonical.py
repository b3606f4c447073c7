"""A config is plain data in the manifest, and has one fingerprint however it was written."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from x2vec.errors import ConfigError
from x2vec.jobs.canonical import fingerprint, to_dict


@dataclass(frozen=True)
class Model:
    alpha: float = 0.5
    sizes: tuple[int, ...] = (64, 32)


@dataclass(frozen=True)
class Job:
    model: Model = Model()
    data: Any = Path("a") / "b"
    n_keys: int = field(default=3, init=False)


def test_a_config_becomes_plain_data():
    assert to_dict(Job()) == {"model": {"alpha": 0.5, "sizes": [64, 32]}, "data": "a/b"}
    values = {"k": [datetime.date(2020, 1, 2), None, True], "s": {"b", "a"}, "x": float("-inf")}
    plain = to_dict(Job(data=values))["data"]
    assert plain == {"k": ["2020-01-02", None, True], "s": ["a", "b"], "x": "-inf"}
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_what_a_manifest_cannot_hold_is_named():
    with pytest.raises(ConfigError, match=r"^data\.k\[1\] holds a object, which a manifest cannot"):
        to_dict(Job(data={"k": [1, object()]}))


def test_the_fingerprint_is_the_sha256_of_sorted_json():
    text = b'{"data":"a/b","model":{"alpha":0.5,"sizes":[64,32]}}'
    assert fingerprint(Job()) == hashlib.sha256(text).hexdigest()


def test_the_fingerprint_follows_the_values_and_not_how_they_are_written():
    job = Job(data={"x": 1, "y": 2})
    assert fingerprint(Job(data={"y": 2.0, "x": 1})) == fingerprint(job)
    assert fingerprint(replace(job, model=Model(alpha=0.25))) != fingerprint(job)
    assert fingerprint(Job(data="1")) != fingerprint(Job(data=1))
    assert fingerprint(Job(data=1), leave_out=["data"]) == fingerprint(Job(), leave_out=["data"])
