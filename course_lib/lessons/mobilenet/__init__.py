"""Notebook 22: MobileNet."""
