"""Notebook 29: Claims checked."""
