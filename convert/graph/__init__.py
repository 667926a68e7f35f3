"""What the converter knows of a Keras model's graph."""
