"""The spec of a bundle: the only contract between the converter and the runtime."""
