"""Notebook 10: initialization."""
