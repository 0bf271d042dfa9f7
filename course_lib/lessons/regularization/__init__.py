"""Notebook 15: regularization."""
