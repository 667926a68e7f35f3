"""The errors a caller may want to catch. Each message says what, where and how to mend it."""

from __future__ import annotations


class EdgeRNNError(Exception):
    """Base of every error that the kit raises on purpose."""


class BundleError(EdgeRNNError):
    """The file is not an EdgeRNN bundle, is damaged, or needs a newer version of the kit."""


class InputError(EdgeRNNError):
    """What the caller passed (a text, an array, a file) cannot be used as it is."""


class RuntimeUnavailable(EdgeRNNError):  # noqa: N818 - the contract names it so
    """No installed engine can run the bundle, or an optional package is missing."""


class CheckFailed(EdgeRNNError):  # noqa: N818 - no error of anybody: the check did its work
    """The work ran to its end, and its result failed a check (self-test, quality gate)."""
