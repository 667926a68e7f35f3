"""Data, Keras 3 models and training recipes (backend-agnostic; imports no TensorFlow of its own)."""
