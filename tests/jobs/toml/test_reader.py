"""A TOML job becomes a tree of dataclasses, or one message that holds all its problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from x2vec.errors import ConfigError, PluginError
from x2vec.jobs.toml.reader import read_toml


@dataclass(frozen=True)
class Source:
    adapter: str
    options: Any
    strict: bool = True


@dataclass(frozen=True)
class Baskets:
    item: str
    sequence: str
    paths: str | list[str] = "orders.parquet"

    def __post_init__(self) -> None:
        if self.item == self.sequence:
            raise ValueError(f"item = {self.item!r}: the same column as sequence")


@dataclass(frozen=True)
class Model:
    vector_size: int = 64
    window: int | None = None
    epochs: int = 5
    alpha: float = 0.025
    sizes: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        faults = []
        if self.vector_size < 1:
            faults.append(f"vector_size = {self.vector_size}: expected at least 1")
        if self.alpha <= 0:
            faults.append(f"alpha = {self.alpha}: expected a number above 0")
        if faults:
            raise ConfigError("\n".join(faults))


@dataclass(frozen=True)
class Floor:
    metric: Literal["hr", "mrr"]
    least: Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Evaluate:
    ks: list[int] = field(default_factory=lambda: [10])
    floor: Floor | None = None


@dataclass(frozen=True)
class Job:
    source: Source
    model: Model = field(default_factory=Model)
    evaluate: Evaluate | None = None
    columns: dict[str, Path] = field(default_factory=dict)
    seed: int = 1


def chosen(section: Mapping[str, Any]) -> type:
    if section["adapter"] != "baskets":
        raise PluginError(f"No adapter is called '{section['adapter']}'; there are: baskets.")
    return Baskets


def read(text: str, root: type = Job) -> Any:
    return read_toml(text, root, name="orders.toml", resolve={"source.options": chosen})


def problems(text: str, root: type = Job) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        read(text, root)
    return str(raised.value).split("\n")


SOURCE = """[source]
adapter = "baskets"
item = "product"
sequence = "basket"
"""  # four lines that are right, so that what follows starts on line 5


def test_a_job_becomes_nested_dataclasses():
    job = read(
        "seed = 7\ncolumns = {name = 'a/b'}\n"
        + SOURCE
        + "paths = ['a', 'b']\n"
        + "[model]\nalpha = 1\nsizes = [64, 32]\n"
        + "[evaluate]\nks = [5, 20]\nfloor = {metric = 'hr', least = 0.1}\n"
    )
    assert job == Job(
        source=Source("baskets", options=Baskets("product", "basket", paths=["a", "b"])),
        model=Model(alpha=1.0, sizes=(64, 32)),
        evaluate=Evaluate([5, 20], Floor("hr", 0.1)),
        columns={"name": Path("a/b")},
        seed=7,
    )
    assert isinstance(job.model.alpha, float)


def test_every_problem_is_in_one_message_ordered_by_line():
    text = """seed = "x"
[source]
adapter = "baskets"
sequense = "basket"
strict = 1

[model]
vector_sise = 32
alpha = -1
epochs = "five"

[evaluate.floor]
metric = "ndcg"
least = 1.5

[modle]
window = 3
"""
    assert problems(text) == [
        'orders.toml:1: seed = "x": expected a valid integer',
        "orders.toml:5: [source] strict = 1: expected a valid boolean",
        "orders.toml:8: [model] vector_sise: unknown key; did you mean 'vector_size'?",
        "orders.toml:9: [model] alpha = -1.0: expected a number above 0",
        'orders.toml:10: [model] epochs = "five": expected a valid integer',
        "orders.toml:13: [evaluate.floor] metric = \"ndcg\": expected 'hr' or 'mrr'",
        "orders.toml:14: [evaluate.floor] least = 1.5: expected less than or equal to 1",
        "orders.toml:16: [modle]: unknown section; known here: "
        "source, model, evaluate, columns, seed",
    ]


def test_a_section_is_suggested_where_it_is_not_there_yet():
    assert problems(SOURCE + "[modle]") == [
        "orders.toml:5: [modle]: unknown section; did you mean [model]?"
    ]


def test_options_of_the_chosen_adapter_are_checked_with_the_rest():
    text = """[source]
adapter = "baskets"
itm = "product"
paths = 3
[model]
window = true
"""
    assert problems(text) == [
        "orders.toml:1: [source] needs 'sequence'",
        "orders.toml:3: [source] itm: unknown key; did you mean 'item'?",
        "orders.toml:4: [source] paths = 3: expected a valid string or a valid array",
        "orders.toml:6: [model] window = true: expected a valid integer",
    ]


def test_a_choice_that_cannot_be_made_is_one_problem_among_the_others():
    text = '[source]\nadapter = "basket"\nitem = "product"\n[model]\nalpha = "a"\n'
    assert problems(text) == [
        "orders.toml:2: [source] No adapter is called 'basket'; there are: baskets.",
        'orders.toml:5: [model] alpha = "a": expected a valid number',
    ]


def test_a_slip_in_the_choosing_key_is_one_problem():
    assert problems('[source]\nadaptor = "baskets"\nitem = "product"\n') == [
        "orders.toml:2: [source] adaptor: unknown key; did you mean 'adapter'?"
    ]


def test_missing_keys_stand_at_the_line_of_their_section():
    assert problems('\n[source]\nadapter = "baskets"\n[evaluate.floor]\nleast = 1') == [
        "orders.toml:2: [source] needs 'item'",
        "orders.toml:2: [source] needs 'sequence'",
        "orders.toml:4: [evaluate.floor] needs 'metric'",
    ]


def test_a_missing_section_comes_last_as_it_has_no_line():
    assert problems("[model]\nalpha = 'x'") == [
        'orders.toml:2: [model] alpha = "x": expected a valid number',
        "orders.toml: needs a section [source]",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('epochs = "64"', 'epochs = "64": expected a valid integer'),
        ("epochs = true", "epochs = true: expected a valid integer"),
        ("epochs = 5.0", "epochs = 5.0: expected a valid integer"),
        ("epochs = []", "epochs = []: expected a valid integer"),
        ("epochs = 2020-01-01", "epochs = 2020-01-01: expected a valid integer"),
        (f"epochs = 0x{'f' * 6000}", 'epochs = "(too long to show)": expected a valid integer'),
        ("alpha = nan", "alpha = NaN: expected a finite number"),
        ("alpha = '1'", 'alpha = "1": expected a valid number'),
        ("sizes = 3", "sizes = 3: expected a valid array"),
        ("sizes = [1, 2.5]", "sizes = [1, 2.5]: expected a valid integer"),
        ("epochs = {x = 1}", 'epochs = {"x": 1}: expected a valid integer'),
        ('epochs = "\\u001b[2J"', 'epochs = "\\u001b[2J": expected a valid integer'),
        (f'epochs = "{"a" * 99}"', f'epochs = "{"a" * 56}...: expected a valid integer'),
    ],
)
def test_a_value_of_another_type_is_shown_with_what_was_expected(line: str, reason: str):
    assert problems(f"{SOURCE}[model]\n{line}") == [f"orders.toml:6: [model] {reason}"]


def test_a_value_where_a_section_belongs():
    assert problems("model = 3\n" + SOURCE) == [
        "orders.toml:1: model = 3: expected a section [model]"
    ]


def test_bounds_that_a_section_checks_itself_get_the_line_of_the_key_that_they_name():
    assert problems(SOURCE + "[model]\nalpha = 0\nvector_size = 0") == [
        "orders.toml:6: [model] alpha = 0.0: expected a number above 0",
        "orders.toml:7: [model] vector_size = 0: expected at least 1",
    ]
    assert problems('[source]\nadapter="baskets"\nsequence = "a"\nitem = "a"\n') == [
        "orders.toml:4: [source] item = 'a': the same column as sequence"
    ]


def test_bounds_between_a_good_key_and_a_wrong_one_wait_for_the_wrong_one():
    @dataclass(frozen=True)
    class Lengths:
        least: int = 5
        most: int = 6

        def __post_init__(self) -> None:
            if self.least > self.most:
                raise ValueError(f"least = {self.least}: expected at most most = {self.most}")

    assert problems("least = 9\nmost = '12'", Lengths) == [
        'orders.toml:2: most = "12": expected a valid integer'
    ]


def test_keys_that_need_quotes_are_shown_in_quotes():
    assert problems(SOURCE + '"a b" = 1\n')[0].startswith(
        'orders.toml:5: [source] "a b": unknown key; known here: adapter, strict, item, sequence'
    )


def test_an_empty_text_is_a_job_of_defaults():
    assert read("", Model) == Model()
    assert read("# nothing\n", Evaluate) == Evaluate()


def test_a_file_is_called_by_its_path(tmp_path: Path):
    path = tmp_path / "small.toml"
    path.write_bytes(b"\xef\xbb\xbfepochs = 3\r\nwindow = 'x'\r\n")
    with pytest.raises(ConfigError) as raised:
        read_toml(path, Model)
    assert str(raised.value) == f'{path}:2: window = "x": expected a valid integer'
    path.write_text("epochs = 3\nwindow = 4\n", encoding="utf-8")
    assert read_toml(path, Model) == Model(epochs=3, window=4)
    with pytest.raises(ConfigError, match=r"^job:2: windows: unknown key; did you mean 'window'"):
        read_toml("epochs = 3\r\nwindows = 4\r\n", Model)


def test_text_has_the_name_job_where_none_is_given():
    with pytest.raises(ConfigError, match=r"^job:1: window = \"x\": expected a valid integer$"):
        read_toml("window = 'x'", Model)
