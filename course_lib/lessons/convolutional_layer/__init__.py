"""Lesson 04, the convolutional layer: its windows as columns of a matrix."""
