"""Lesson 16, training a CNN: losses, walks downhill, confusions."""
