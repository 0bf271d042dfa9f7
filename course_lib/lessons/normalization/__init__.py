"""Notebook 11: normalization."""
