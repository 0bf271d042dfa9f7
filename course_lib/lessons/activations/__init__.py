"""Notebook 07: activations."""
