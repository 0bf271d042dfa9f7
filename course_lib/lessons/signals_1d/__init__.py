"""Notebook 25: signals, sound, text and genomes, read by convolutions along one axis."""
