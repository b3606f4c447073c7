"""The native engine: skip-gram kernels compiled by Numba, threads without the GIL.

Plain functions over arrays: with ``NUMBA_DISABLE_JIT=1`` all of them run as ordinary Python.
"""

from x2vec.training.native.engine import NativeEngine

__all__ = ["NativeEngine"]
