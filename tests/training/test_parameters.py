"""Parameters hold their bounds and name every breach at once."""

import pytest

from x2vec.errors import ConfigError
from x2vec.training import SkipGram


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vector_size", 0),
        ("negative", 0),
        ("epochs", 0),
        ("window", 0),
        ("sample", -1e-3),
        ("sample", 1.0),
        ("ns_exponent", 4.5),
        ("alpha", 0.0),
        ("alpha", 1.5),
        ("min_alpha", -0.1),
    ],
)
def test_a_value_out_of_bounds_is_named(field, value):
    with pytest.raises(ConfigError, match=f"{field} is {value}"):
        SkipGram(**{field: value})


def test_all_breaches_come_in_one_message():
    with pytest.raises(ConfigError, match=r"(?s)vector_size is 0.*window is 0.*alpha is 2"):
        SkipGram(vector_size=0, window=0, alpha=2)


def test_the_bounds_themselves_are_allowed():
    made = SkipGram(vector_size=1, window="whole", negative=1, epochs=1, sample=0, ns_exponent=-1)
    assert made.window == "whole"


@pytest.mark.parametrize("value", [64.5, "64", True, None])
def test_a_count_is_a_whole_number(value):
    with pytest.raises(ConfigError, match="vector_size is"):
        SkipGram(vector_size=value)


@pytest.mark.parametrize("field", ["ns_exponent", "sample", "alpha", "min_alpha"])
def test_a_number_is_a_number(field):
    with pytest.raises(ConfigError, match=f"{field} is 'x'; it must be a number"):
        SkipGram(**{field: "x"})


def test_sizes_that_no_machine_holds_are_refused():
    with pytest.raises(ConfigError, match="vector_size is 999999999999"):
        SkipGram(vector_size=999_999_999_999)


def test_the_learning_rate_falls_linearly_from_start_to_end():
    parameters = SkipGram(alpha=0.1, min_alpha=0.02)
    rates = [parameters.alpha_at(done) for done in (0, 0.5, 1)]
    assert rates == pytest.approx([0.1, (0.1 + 0.02) / 2, 0.02])


def test_nan_is_out_of_bounds():
    with pytest.raises(ConfigError, match="alpha is nan"):
        SkipGram(alpha=float("nan"))
