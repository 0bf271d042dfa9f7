"""Notebook 12: residual connections."""
