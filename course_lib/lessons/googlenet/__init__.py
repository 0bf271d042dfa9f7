"""Notebook 20: GoogLeNet, branches side by side, and what a 1 × 1 in front of them saves."""
