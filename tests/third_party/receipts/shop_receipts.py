"""Reads receipts printed as text: a line "# NUMBER" opens one, each line after it is a product."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from x2vec.adapters import Place, marked


@dataclass(frozen=True)
class ReceiptsOptions:
    """Options.

    Attributes:
        path: The file of receipts.
    """

    path: str


class ReceiptsAdapter:
    """What was bought together; the order on a receipt means nothing."""

    name = "receipts"
    options = ReceiptsOptions
    ordered = False

    def read(self, options: ReceiptsOptions) -> Iterator[pa.RecordBatch]:
        numbers, products, number = [], [], None
        for line in Path(options.path).read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                number = int(line[2:])
            else:
                numbers.append(number)
                products.append(line)
        rows = {"sequence_id": pa.array(numbers, pa.int64()), "item_id": products}
        yield marked(pa.RecordBatch.from_pydict(rows), Place(options.path, 1))
