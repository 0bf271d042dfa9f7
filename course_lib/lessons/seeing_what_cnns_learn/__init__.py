"""Notebook 27: seeing what a network has learned."""
