"""Notebook 19: VGG, small kernels stacked, and where its parameters sit."""
