"""Notebook 13: pooling."""
