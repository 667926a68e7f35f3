"""Test vectors out of the Python runtime, which the runtimes in other languages run: see README.md beside this file."""
