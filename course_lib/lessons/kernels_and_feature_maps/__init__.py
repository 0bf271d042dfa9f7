"""Lesson 03, kernels and feature maps: responses, sizes, kernels that learn."""
