"""Lesson 06, equivariance and invariance: what a shift of the image does."""
