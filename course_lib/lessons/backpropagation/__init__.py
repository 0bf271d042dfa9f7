"""Notebook 08: backpropagation."""
