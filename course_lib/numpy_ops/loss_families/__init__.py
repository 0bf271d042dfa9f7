"""Where the longer losses live; `numpy_ops.losses` gathers them under their public names."""
