"""Notebook 18: AlexNet, and which of its novelties can be seen in small."""
