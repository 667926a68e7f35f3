"""Text classification with recurrent networks."""
