"""Turns a trained Keras model into a checked, quantized one-file bundle."""
