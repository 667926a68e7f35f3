"""Runs EdgeRNN bundles with NumPy and a TFLite runtime, nothing heavier."""

from edgernn.edge_runtime.errors import (
    BundleError,
    CheckFailed,
    EdgeRNNError,
    InputError,
    RuntimeUnavailable,
)

__all__ = ["BundleError", "CheckFailed", "EdgeRNNError", "InputError", "RuntimeUnavailable"]
