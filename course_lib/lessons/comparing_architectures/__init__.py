"""Notebook 24: Comparing architectures."""
