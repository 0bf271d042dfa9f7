"""Lesson 00, start here: its exercises."""
