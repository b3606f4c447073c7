"""Checks that x2vec ships for the authors of plug-ins, to be called from their own tests."""

from __future__ import annotations

from x2vec.testing.adapters import check_adapter

__all__ = ["check_adapter"]
