"""Each formula written out as loops: slow, plain to see, and the oracle of the tests.

A file here has the name of the file in `numpy_ops` whose formulas it spells out.
"""
