"""Slide decks from the notebooks: one HTML file each, which needs no network."""

from course_lib.lecture.deck import write_deck

__all__ = ["write_deck"]
