"""The `edgernn` command."""
