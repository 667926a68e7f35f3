"""Models of two parts: an encoder that runs once, and a decoder's step that runs for each token."""
