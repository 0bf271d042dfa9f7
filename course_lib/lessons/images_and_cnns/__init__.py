"""Lesson 01, images and CNNs: what layers cost, and how alike pixels are."""
