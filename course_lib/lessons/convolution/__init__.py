"""Lesson 02, convolution: a kernel on its way over an image."""
