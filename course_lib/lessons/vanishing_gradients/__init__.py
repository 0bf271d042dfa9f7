"""Notebook 09: vanishing gradients."""
