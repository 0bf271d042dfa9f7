"""The activations by family, each a forward beside its backward.

Use them through `course_lib.numpy_ops`; `numpy_ops/activations.py` lists them all.
"""
