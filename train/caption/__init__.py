"""Training of image captioning: a convolutional encoder and a recurrent decoder."""
