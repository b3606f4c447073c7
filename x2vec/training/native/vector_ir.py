"""Vector instructions of LLVM, in the few forms that the block needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from x2vec.training.native.layout import LANES

__all__ = ["VectorBuilder"]

_F32, _F64, _I32, _I64, _I8 = (
    ir.FloatType(), ir.DoubleType(), ir.IntType(32), ir.IntType(64), ir.IntType(8),
)  # fmt: skip
_LOG2_E = 1.4426950408889634
_LN_2 = 0.6931471805599453
# 2**x on [-1/2, 1/2]: ln(2)**n / n!, off by 2e-7 at most with seven terms
_EXP2 = [1.0]
for _n in range(1, 7):
    _EXP2.append(_EXP2[-1] * _LN_2 / _n)
# 2 * atanh(z) / z in powers of z**2 for z up to 1/3, off by 1e-7 at most with six terms
_ATANH = [2 / (2 * n + 1) for n in range(6)]
_LARGEST = 80.0  # exp(-80) is still a float32; beyond it a sigmoid is 0 or 1 all the same
_EXPONENT_BITS = 23
_MOST_LINES = 16  # asked for ahead; the processor follows the rest of a long row by itself


class VectorBuilder:
    """Writes vector instructions into a function that Numba compiles."""

    def __init__(self, builder: Any) -> None:
        self._builder = builder

    # Memory

    def row(self, matrix: Any, rows: Any, first: Any, at: int, n_registers: int) -> Any:
        """Return the address of the matrix row that ``rows[first + at]`` names."""
        b = self._builder
        row = b.load(b.gep(rows, [b.add(first, _index(at))]))
        return self.row_at(matrix, b.sext(row, _I64), n_registers)

    def row_at(self, matrix: Any, row: Any, n_registers: int) -> Any:
        """Return the address of a row of the matrix."""
        b = self._builder
        start = b.mul(row, _index(n_registers * LANES))
        return b.bitcast(b.gep(matrix, [start]), _lanes(LANES).as_pointer())

    def load(self, row: Any, register: int) -> Any:
        """Load one register of a row."""
        return self._load(self._builder.gep(row, [_index(register)]))

    def store(self, row: Any, register: int, value: Any) -> None:
        """Store one register of a row."""
        self._store(value, self._builder.gep(row, [_index(register)]))

    def load_lanes(self, values: Any, first: Any, n: int) -> Any:
        """Load ``values[first : first + n]``."""
        b = self._builder
        return self._load(b.bitcast(b.gep(values, [first]), _lanes(n).as_pointer()))

    def load_splat(self, values: Any, first: Any, at: int, n: int) -> Any:
        """Load ``values[first + at]`` into every lane of ``n``."""
        b = self._builder
        return self.splat(b.load(b.gep(values, [b.add(first, _index(at))])), n)

    def array(self, n: int) -> Any:
        """Return the type of ``n`` numbers in a row."""
        return ir.ArrayType(_F32, n)

    def store_lanes(self, array: Any, start: int, value: Any) -> None:
        """Store a vector into an array from ``start`` on."""
        b = self._builder
        place = b.gep(array, [_index(0), _index(start)])
        self._store(value, b.bitcast(place, value.type.as_pointer()))

    def spread(self, array: Any, at: int) -> Any:
        """Load one number of an array into every lane of a register."""
        return self.splat(
            self._builder.load(self._builder.gep(array, [_index(0), _index(at)])), LANES
        )

    def prefetch(self, data: Any, row: Any, n_registers: int) -> None:
        """Ask for the cache lines of a row, to write to them; one line is one register."""
        b = self._builder
        start = b.gep(data, [b.mul(row, _index(n_registers * LANES))])
        write, near, is_data = (ir.Constant(_I32, value) for value in (1, 3, 1))
        for register in range(min(n_registers, _MOST_LINES)):
            place = b.bitcast(b.gep(start, [_index(register * LANES)]), _I8.as_pointer())
            self._call("llvm.prefetch.p0", ir.VoidType(), [place, write, near, is_data])

    # Arithmetic

    def constant(self, n: int, value: float) -> Any:
        """Return ``n`` lanes of one number."""
        return ir.Constant(_lanes(n), [value] * n)

    def splat(self, value: Any, n: int) -> Any:
        """Put one number into ``n`` lanes."""
        b = self._builder
        undefined = ir.Constant(_lanes(n), ir.Undefined)
        return self._shuffle(
            b.insert_element(undefined, value, ir.Constant(_I32, 0)), None, [0] * n
        )

    def multiply_add(self, a: Any, c: Any, total: Any) -> Any:
        """Return ``a * c + total``, rounded once; ``a * c`` where there is no total yet."""
        if total is None:
            return self._builder.fmul(a, c)
        return self._call(_named("llvm.fma", a), a.type, [a, c, total])

    def concatenate(self, parts: Sequence[Any]) -> Any:
        """Join vectors of one width; their number is a power of two."""
        while len(parts) > 1:
            lanes = list(range(2 * parts[0].type.count))
            parts = [self._shuffle(a, c, lanes) for a, c in _pairs(parts)]
        return parts[0]

    def sum_lanes(self, registers: Sequence[Any]) -> Any:
        """Sum each of ``n`` registers over its lanes, into ``n`` lanes; ``n`` is 2, 4, 8 or 16.

        Halves are added crosswise, so that ``n`` sums cost ``n - 1`` additions of registers.
        """
        span = LANES
        while span > 1:
            half = span // 2
            if len(registers) > 1:
                registers = [self._fold(a, c, span, half) for a, c in _pairs(registers)]
            else:
                registers = [self._fold(registers[0], None, span, half)]
            span = half
        return registers[0]

    def total(self, lanes: Any) -> Any:
        """Return the sum over the lanes as float64."""
        zero = ir.Constant(_F32, -0.0)
        name = _named("llvm.vector.reduce.fadd", lanes)
        total = self._call(name, _F32, [zero, lanes], fastmath=("reassoc",))
        return self._builder.fpext(total, _F64)

    def sigmoid_and_softplus(self, x: Any) -> tuple[Any, Any]:
        """Return ``1 / (1 + exp(-x))`` and ``log(1 + exp(x))``, off by about 2e-7."""
        b, n = self._builder, x.type.count
        size = self._call(_named("llvm.fabs", x), x.type, [x])
        size = self._call(_named("llvm.minnum", x), x.type, [size, self.constant(n, _LARGEST)])
        e = self._exp2(b.fmul(size, self.constant(n, -_LOG2_E)))  # exp(-|x|), at most 1
        one, zero = self.constant(n, 1.0), self.constant(n, 0.0)
        large = b.fdiv(one, b.fadd(one, e))
        sigmoid = b.select(b.fcmp_ordered(">=", x, zero), large, b.fmul(e, large))
        z = b.fdiv(e, b.fadd(e, self.constant(n, 2.0)))  # log(1 + e) = 2 atanh(e / (2 + e))
        log1p = b.fmul(z, self._polynomial(_ATANH, b.fmul(z, z)))
        above = self._call(_named("llvm.maxnum", x), x.type, [x, zero])
        return sigmoid, b.fadd(above, log1p)

    def where_small(self, x: Any, limit: float, value: Any) -> Any:
        """Return ``value`` in the lanes where ``|x| <= limit``, and 0 in the others."""
        b, n = self._builder, x.type.count
        size = self._call(_named("llvm.fabs", x), x.type, [x])
        is_small = b.fcmp_ordered("<=", size, self.constant(n, limit))
        return b.select(is_small, value, self.constant(n, 0.0))

    def _exp2(self, x: Any) -> Any:
        """Return ``2 ** x`` for x from -126 to 0: the whole part goes into the exponent's bits."""
        b, n = self._builder, x.type.count
        half = b.fadd(x, self.constant(n, 0.5))
        whole = self._call(_named("llvm.floor", x), x.type, [half])
        fraction = self._polynomial(_EXP2, b.fsub(x, whole))
        integers = ir.VectorType(_I32, n)
        shift = ir.Constant(integers, [_EXPONENT_BITS] * n)
        scaled = b.add(b.bitcast(fraction, integers), b.shl(b.fptosi(whole, integers), shift))
        return b.bitcast(scaled, x.type)

    def _polynomial(self, coefficients: Sequence[float], x: Any) -> Any:
        value = self.constant(x.type.count, coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            value = self.multiply_add(value, x, self.constant(x.type.count, coefficient))
        return value

    def _fold(self, a: Any, c: Any | None, span: int, half: int) -> Any:
        """Add the lower to the upper half of each span of lanes, of one vector or of two."""
        n = a.type.count * (1 if c is None else 2)
        low = [start + lane for start in range(0, n, span) for lane in range(half)]
        return self._builder.fadd(
            self._shuffle(a, c, low), self._shuffle(a, c, [lane + half for lane in low])
        )

    def _shuffle(self, a: Any, c: Any | None, lanes: Sequence[int]) -> Any:
        other = ir.Constant(a.type, ir.Undefined) if c is None else c
        mask = ir.Constant(ir.VectorType(_I32, len(lanes)), list(lanes))
        return self._builder.shuffle_vector(a, other, mask)

    def _load(self, pointer: Any) -> Any:
        value = self._builder.load(pointer)
        value.align = 4  # what an array of float32 promises; on aligned rows nothing is lost
        return value

    def _store(self, value: Any, pointer: Any) -> None:
        self._builder.store(value, pointer).align = 4

    def _call(self, name: str, result: Any, arguments: Sequence[Any], **options: Any) -> Any:
        module = self._builder.module
        function = module.globals.get(name)
        if function is None:
            kind = ir.FunctionType(result, [argument.type for argument in arguments])
            function = ir.Function(module, kind, name)
        return self._builder.call(function, arguments, **options)


def _index(value: int) -> Any:
    return ir.Constant(_I64, value)


def _lanes(n: int) -> Any:
    return ir.VectorType(_F32, n)


def _named(name: str, vector: Any) -> str:
    return f"{name}.v{vector.type.count}f32"


def _pairs(values: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(values[::2], values[1::2], strict=True))
