"""The one-file bundle: a TFLite model with a zip archive appended."""

from edgernn.edge_runtime.bundle.reader import Bundle, read_bundle

__all__ = ["Bundle", "read_bundle"]
