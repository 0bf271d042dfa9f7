"""Lesson 17: LeNet-5 of 1998, and what was changed in it since."""
