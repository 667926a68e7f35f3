"""Labels for the words of a text."""
