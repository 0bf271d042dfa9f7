"""Notebook 23: EfficientNet."""
