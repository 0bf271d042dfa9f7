"""Lesson 05, receptive fields: what a unit sees."""
