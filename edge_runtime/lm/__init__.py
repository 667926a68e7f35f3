"""Language models: texts to measure on, prediction, generation and adaptation."""
