"""Measures bundles on this machine: latency, memory, the floor that the memory sets, and one bundle against another."""
