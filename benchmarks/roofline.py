"""Roofline: how much of the processor's arithmetic the native engine uses, and what threads add.

The peak is measured, before each run anew: fused multiply-adds on registers, many chains at once,
nothing from memory. (A matrix product would be a milder ruler: OpenBLAS stays below that peak.)
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

from benchmarks.workload import Workload
from x2vec import SkipGram
from x2vec.progress import Notice, Progress
from x2vec.training import fit

__all__ = ["Pace", "flops_of_a_pair", "paces", "peak"]

_CHAINS = 12  # enough to hide the latency of two units, few enough to stay in 16 registers
_TURNS = 5_000_000  # a hundredth of a second
_TRIALS = 10


@dataclass(frozen=True, eq=False)
class Pace:
    """How fast the native engine trained with one number of workers.

    Attributes:
        seconds: (rounds,) of the whole call.
        pairs: (rounds,) pairs a second while it trained, as it told.
        peaks: (rounds,) operations a second that as many threads reached just before.
    """

    seconds: NDArray[np.float64]
    pairs: NDArray[np.float64]
    peaks: NDArray[np.float64]


def flops_of_a_pair(model: SkipGram) -> int:
    """Return the useful operations of an input and its outputs.

    Each number of a vector is multiplied and added three times an output: for the score, for the
    step of the output, and for that of the input.
    """
    return 2 * 3 * model.vector_size * (model.negative + 1)


def paces(
    workload: Workload, model: SkipGram, workers: Sequence[int], *, rounds: int
) -> dict[int, Pace]:
    """Train the native engine with each number of workers in turn."""
    runs: dict[int, list[tuple[float, float, float]]] = {n: [] for n in workers}
    for seed in range(1, rounds + 1):
        for n in workers:
            top = peak(n)
            runs[n].append((*_run(workload, model, seed=seed, workers=n), top))
    return {n: Pace(*np.array(figures).T) for n, figures in runs.items()}


def _run(workload: Workload, model: SkipGram, *, seed: int, workers: int) -> tuple[float, float]:
    """Train once; return seconds, and the median over the epochs of pairs a second."""
    told: list[float] = []

    def listen(event: Progress | Notice) -> None:
        if isinstance(event, Progress) and "pairs/s" in event.figures:
            told.append(event.figures["pairs/s"])

    start = perf_counter()
    fit(workload.corpus, model, engine="native", seed=seed, workers=workers, listen=listen)
    return perf_counter() - start, float(np.median(told))


def peak(n_threads: int) -> float:
    """Return the most float32 operations a second that so many threads reached together."""
    burn, lanes = _burner()
    operations = 2 * lanes * _CHAINS * _TURNS * n_threads
    with ThreadPoolExecutor(n_threads) as pool:
        seconds = []
        for _ in range(_TRIALS):
            start = perf_counter()
            list(pool.map(burn, [_TURNS] * n_threads))
            seconds.append(perf_counter() - start)
    return operations / min(seconds)


@cache
def _burner() -> tuple[Callable[[int], float], int]:
    """Compile the loop for this processor; return it, and the numbers in one of its vectors."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    features = binding.get_host_cpu_features()
    lanes = 16 if features.get("avx512f") else 8
    machine = binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features.flatten(), opt=3
    )
    module = binding.parse_assembly(str(_module(lanes)))
    compiled: Any = binding.create_mcjit_compiler(module, machine)
    compiled.finalize_object()
    call = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_int64)(compiled.get_function_address("burn"))

    def burn(turns: int, _keep: Any = compiled) -> float:
        return float(call(turns))  # releases the GIL

    return burn, lanes


def _module(lanes: int) -> ir.Module:
    """Write ``float burn(int64 turns)``: that many turns of ``a = a * 0.5 + 0.5`` on each chain."""
    count, vector = ir.IntType(64), ir.VectorType(ir.FloatType(), lanes)
    module = ir.Module("burn")
    function = ir.Function(module, ir.FunctionType(ir.FloatType(), [count]), "burn")
    intrinsic = ir.FunctionType(vector, [vector] * 3)
    fma = ir.Function(module, intrinsic, f"llvm.fmuladd.v{lanes}f32")
    builder = ir.IRBuilder(function.append_basic_block("start"))
    start, loop, done = builder.block, function.append_basic_block(), function.append_basic_block()
    builder.branch(loop)
    builder.position_at_end(loop)
    turn = builder.phi(count)
    chains = [builder.phi(vector) for _ in range(_CHAINS)]
    half = ir.Constant(vector, [0.5] * lanes)
    longer = [builder.call(fma, [chain, half, half]) for chain in chains]
    next_turn = builder.add(turn, count(1))
    builder.cbranch(builder.icmp_signed("<", next_turn, function.args[0]), loop, done)
    turn.add_incoming(count(0), start)
    turn.add_incoming(next_turn, loop)
    for at, (chain, value) in enumerate(zip(chains, longer, strict=True)):
        chain.add_incoming(ir.Constant(vector, [float(at)] * lanes), start)
        chain.add_incoming(value, loop)
    builder.position_at_end(done)
    total = longer[0]
    for value in longer[1:]:
        total = builder.fadd(total, value)
    builder.ret(builder.extract_element(total, ir.IntType(32)(0)))
    return module
