"""A row added to another, times a number, in vector registers.

Plain loops over two arrays first ask whether these overlap, at every row, and that takes longer
than the row itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import config, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

from x2vec.training.native.layout import LANES
from x2vec.training.native.vector_ir import VectorBuilder

__all__ = ["add_row"]


def _plain_add_row(
    into: NDArray[np.float32],
    row: int,
    matrix: NDArray[np.float32],
    other: int,
    weight: np.float32,
    n_registers: int,
) -> None:
    """Add ``weight * matrix[other]`` to ``into[row]``; both are of ``n_registers`` registers."""
    into[row] += weight * matrix[other]


@intrinsic(prefer_literal=True)
def _compiled_add_row(typing, into, row, matrix, other, weight, n_registers):  # type: ignore[no-untyped-def] # an intrinsic's types are Numba's
    if not isinstance(n_registers, types.IntegerLiteral):
        return None
    signature = types.void(into, types.int64, matrix, types.int64, types.float32, n_registers)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        width, ir = n_registers.literal_value, VectorBuilder(builder)
        to, of = (
            ir.row_at(
                make_array(signature.args[at])(context, builder, arguments[at]).data,
                arguments[at + 1],
                width,
            )
            for at in (0, 2)
        )
        weights = ir.splat(arguments[4], LANES)
        for register in range(width):
            total = ir.multiply_add(ir.load(of, register), weights, ir.load(to, register))
            ir.store(to, register, total)
        return context.get_dummy_value()

    return signature, generate


add_row = _plain_add_row if config.DISABLE_JIT else _compiled_add_row
