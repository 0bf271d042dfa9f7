"""Notebook 21: ResNet."""
