"""One engine a file: `VARIANTS` (name to "float32" or "reduced") and `load(workload, variant, folder)`."""
