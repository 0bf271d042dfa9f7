"""Notebook 14: losses, what each of them asks for, and what they do with rare classes."""
