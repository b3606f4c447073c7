"""The checks for authors: sound adapters pass, and each breach says what to mend."""

from dataclasses import dataclass
from itertools import count

import pyarrow as pa
import pytest

from x2vec.adapters.baskets import BasketsAdapter, BasketsOptions
from x2vec.adapters.events import EventsAdapter, EventsOptions
from x2vec.testing import check_adapter

TABLE = pa.table({"s": ["a", "a"], "i": [1, 2], "t": [1_396_828_883, 1_396_828_884]})


@dataclass(frozen=True)
class Options:
    """No options."""


def batch_of(**columns):
    return pa.RecordBatch.from_pydict({name: pa.array(cells) for name, cells in columns.items()})


GOOD = batch_of(sequence_id=["a", "a"], item_id=[1, 2])


class Sound:
    """Keeps the protocol; the classes below break it in one place each."""

    name = "sound"
    options = Options
    ordered = True

    def read(self, options):
        yield GOOD


@pytest.mark.parametrize(
    ("adapter", "options"), [(EventsAdapter, EventsOptions), (BasketsAdapter, BasketsOptions)]
)
def test_the_built_in_adapters_keep_the_protocol(adapter, options):
    check_adapter(adapter, options(TABLE, "s", "i", time="t"), expected_rows=2)


def test_a_sound_adapter_passes_as_class_and_as_object():
    check_adapter(Sound, Options(), expected_rows=2)
    check_adapter(Sound(), Options())


class NeedsArguments(Sound):
    def __init__(self, url):
        self.url = url


class Nameless(Sound):
    name = ""


class Vague(Sound):
    ordered = "yes"


class Thawed(Sound):
    @dataclass
    class options:  # noqa: N801 - a class in the place of an attribute
        pass


@dataclass(frozen=True)
class UnresolvedOptions:
    path: "Path"  # noqa: F821 - what the module does not import


class Unresolved(Sound):
    options = UnresolvedOptions


class NotRead(Sound):
    read = None


class YieldsNone(Sound):
    def read(self, options):
        yield GOOD
        yield None


class YieldsTables(Sound):
    def read(self, options):
        yield pa.Table.from_batches([GOOD])


class TwoSchemas(Sound):
    def read(self, options):
        yield GOOD
        yield batch_of(sequence_id=["b"], item_id=["x"])


class Forgetful(Sound):
    counter = count()

    def read(self, options):
        yield batch_of(sequence_id=["a"], item_id=[next(self.counter)])


class TooManyColumns(Sound):
    def read(self, options):
        yield batch_of(sequence_id=["a"], item_id=[1], price=[2])


class NoIds(Sound):
    def read(self, options):
        yield batch_of(sequence_id=["a"], item_id=[""])


@pytest.mark.parametrize(
    ("adapter", "message"),
    [
        (NeedsArguments, "makes an adapter without arguments"),
        (type("Bare", (), {}), "it lacks name, options, ordered, read: the name that"),
        (Nameless, "name is ''; expected a str"),
        (Vague, "ordered is 'yes'; expected True or False"),
        (Thawed, r"Decorate the class with @dataclass\(frozen=True\)"),
        (
            Unresolved,
            "types of the fields of UnresolvedOptions cannot be looked up .*TYPE_CHECKING",
        ),
        (NotRead, "read is None; expected a method"),
        (
            type("Sparse", (), {"name": "sparse"}),
            "it lacks options, ordered, read: a frozen dataclass",
        ),
        (YieldsNone, "read yields NoneType; expected pyarrow.RecordBatch"),
        (YieldsTables, r"read yields Table; .*table\.to_batches\(\)"),
        (TwoSchemas, r"batches differ in their schema: .*item_id int64 and .*item_id string"),
        (Forgetful, "reading twice gives different rows"),
        (TooManyColumns, "x2vec refuses what read yields: .*price"),
        (NoIds, "every row lacks something: {'item_id is empty': 1}"),
    ],
)
def test_each_breach_says_what_to_mend(adapter, message):
    with pytest.raises(AssertionError, match=message):
        check_adapter(adapter, Options())


def test_a_wrong_number_of_rows_is_told():
    with pytest.raises(AssertionError, match="read yields 2 rows; expected 3"):
        check_adapter(Sound, Options(), expected_rows=3)


def test_options_of_another_adapter_are_told():
    with pytest.raises(AssertionError, match="options of type str; expected Options"):
        check_adapter(Sound, "a.csv")
