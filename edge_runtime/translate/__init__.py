"""What translation adds to decoding: sentences out of texts, what is kept, alignments."""
