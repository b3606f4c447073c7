"""One step of gradient descent on a block, a few inputs against a few outputs, in vector registers.

The step is that of ``training.step``. Plain loops do not keep its products in registers, so the
instructions are written out, with LLVM's vector types, which are lowered to whatever the processor
has. Where nothing is compiled, that one runs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

from x2vec.training.native.vector_ir import VectorBuilder
from x2vec.training.step import MOST_SCORE, step

__all__ = ["MOST_OUTPUTS", "block", "prefetch"]

MOST_OUTPUTS = 6  # against four inputs 24 sums: they fit in 32 registers beside their operands


def _plain_block(  # type: ignore[no-untyped-def] # that of the compiled one
    vectors, contexts, inputs, input_weights, first_input, outputs, output_weights,
    first_output, positive, alpha, n_inputs, n_outputs, n_registers,
) -> float:  # fmt: skip
    """Take the step in NumPy, on the block's part of the lists."""
    near = slice(first_input, first_input + n_inputs)
    out = slice(first_output, first_output + n_outputs)
    return step(
        vectors, contexts, inputs[near], input_weights[near], outputs[out], output_weights[out],
        positive=positive, alpha=alpha,
    )  # fmt: skip


@intrinsic(prefer_literal=True)
def _compiled_block(  # type: ignore[no-untyped-def] # an intrinsic's types are Numba's
    typing, vectors, contexts, inputs, input_weights, first_input, outputs, output_weights,
    first_output, positive, alpha, n_inputs, n_outputs, n_registers,
):  # fmt: skip
    sizes = (n_inputs, n_outputs, n_registers)
    if not all(isinstance(size, types.IntegerLiteral) for size in sizes):
        return None
    signature = types.float64(
        vectors, contexts, inputs, input_weights, types.int64, outputs, output_weights,
        types.int64, types.float32, types.float32, *sizes,
    )  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = [
            make_array(signature.args[at])(context, builder, arguments[at]).data
            for at in (0, 1, 2, 3, 5, 6)
        ]
        scalars = [arguments[at] for at in (4, 7, 8, 9)]
        return _emit_block(builder, arrays, scalars, *(size.literal_value for size in sizes))

    return signature, generate


def _emit_block(
    builder: Any, arrays: Any, scalars: Any, n_inputs: int, n_outputs: int, n_registers: int
) -> Any:
    """Write the instructions of one step; nothing here runs at training time."""
    ir = VectorBuilder(builder)
    vectors, contexts, inputs, input_weights, outputs, output_weights = arrays
    first_input, first_output, positive, alpha = scalars
    v_rows = [ir.row(vectors, inputs, first_input, t, n_registers) for t in range(n_inputs)]
    u_rows = [ir.row(contexts, outputs, first_output, o, n_registers) for o in range(n_outputs)]

    sums: list[Any] = [None] * (n_outputs * n_inputs)
    for register in range(n_registers):
        v = [ir.load(row, register) for row in v_rows]
        for o in range(n_outputs):
            u = ir.load(u_rows[o], register)  # only now, so that the sums stay in registers
            for t in range(n_inputs):
                at = o * n_inputs + t
                sums[at] = ir.multiply_add(u, v[t], sums[at])

    near_weights = ir.load_lanes(input_weights, first_input, n_inputs)
    steps = cgutils.alloca_once(builder, ir.array(len(sums)))
    loss = None
    for start, n in _powers_of_two(len(sums)):
        scores = ir.sum_lanes(sums[start : start + n])
        these = range(start // n_inputs, (start + n) // n_inputs)
        weights = ir.concatenate(
            [
                builder.fmul(ir.load_splat(output_weights, first_output, o, n_inputs), near_weights)
                for o in these
            ]
        )
        labels = ir.concatenate(
            [ir.splat(positive, n_inputs) if o == 0 else ir.constant(n_inputs, 0.0) for o in these]
        )
        sigmoid, softplus = ir.sigmoid_and_softplus(scores)
        errors = ir.where_small(scores, MOST_SCORE, builder.fsub(labels, sigmoid))
        step = builder.fmul(builder.fmul(errors, weights), ir.splat(alpha, n))
        ir.store_lanes(steps, start, step)
        losses = builder.fmul(weights, builder.fsub(softplus, builder.fmul(labels, scores)))
        part = ir.total(losses)
        loss = part if loss is None else builder.fadd(loss, part)

    spread = [ir.spread(steps, at) for at in range(len(sums))]
    for register in range(n_registers):
        v = [ir.load(row, register) for row in v_rows]
        new_v = list(v)
        for o in range(n_outputs):
            u = new_u = ir.load(u_rows[o], register)
            for t in range(n_inputs):
                step = spread[o * n_inputs + t]
                new_u = ir.multiply_add(step, v[t], new_u)
                new_v[t] = ir.multiply_add(step, u, new_v[t])
            ir.store(u_rows[o], register, new_u)
        for row, value in zip(v_rows, new_v, strict=True):
            ir.store(row, register, value)
    return loss


def _powers_of_two(total: int) -> list[tuple[int, int]]:
    """Cut ``total`` lanes, an even number, into runs of 16, 8, 4 or 2."""
    runs, start = [], 0
    while start < total:
        n = 16
        while n > total - start:
            n //= 2
        runs.append((start, n))
        start += n
    return runs


@intrinsic(prefer_literal=True)
def _compiled_prefetch(typing, matrix, row, n_registers):  # type: ignore[no-untyped-def]
    if not isinstance(n_registers, types.IntegerLiteral):
        return None
    signature = types.void(matrix, types.int64, n_registers)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = make_array(signature.args[0])(context, builder, arguments[0])
        VectorBuilder(builder).prefetch(array.data, arguments[1], n_registers.literal_value)
        return context.get_dummy_value()

    return signature, generate


def _no_prefetch(matrix: NDArray[np.float32], row: int, n_registers: int) -> None:
    """Do nothing: plain Python has no cache to speak of."""


block = _plain_block if config.DISABLE_JIT else _compiled_block
prefetch = _no_prefetch if config.DISABLE_JIT else _compiled_prefetch
