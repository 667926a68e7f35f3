"""Pairs of sentences out of files: nothing here needs Keras."""
