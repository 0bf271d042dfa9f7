"""Where the norms live; `numpy_ops.normalization` gathers them under their public names."""
